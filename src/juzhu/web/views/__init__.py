"""Views, one file per part: authorise, parse, call one journey, match, render."""
