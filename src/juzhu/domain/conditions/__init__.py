"""The conditions of Articles 19, 23 and 24, one function each: facts in, finding out."""
