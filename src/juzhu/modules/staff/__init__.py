"""Staff (工作人员): an account per person, roles, sign-in with password and code, sessions."""
