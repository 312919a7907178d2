# Make each line of the schema a C string literal.
s/.*/"&\\n"/
