"""Work over the whole register (nightly rounds, legacy files): how far each has got."""
