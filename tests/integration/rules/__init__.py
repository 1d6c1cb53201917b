"""The rules, names, types and encodings that a database may have, and that the guard has to live with."""
