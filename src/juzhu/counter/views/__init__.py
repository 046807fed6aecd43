"""One file per part of the staff pages."""
