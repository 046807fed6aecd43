"""What departments answered, whole and with receipts; append-only."""
