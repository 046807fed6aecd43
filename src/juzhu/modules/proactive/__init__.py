"""Acting without being asked (无感智办): standing consents, and whom to look at again when."""
