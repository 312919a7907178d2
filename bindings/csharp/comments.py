#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Make XML documents of the comments of bindings/common, which SWIG before 4.3 does not do for C#.
Usage: comments.py OUT INTERFACE..."""

import re
import sys
from xml.sax.saxutils import escape

DECLARED = re.compile(r"/\*\*((?:(?!\*/).)*)\*/\s*(?:struct (?P<struct>\w+) \{"
                      r"|MN_ASK\((?P<owner>\w+), [^,]+, (?P<asker>\w+)\)"
                      r"|[\w ]*?\*?(?P<name>\w+)(?:\([^)]*\))?;)", re.S)


def sentence(text):
    """Answer text as it may stand in an XML element in a SWIG string: what errors are called is
    C#'s."""
    words = escape(" ".join(text.split())).replace("\\", "\\\\").replace('"', "&quot;")
    return re.sub(r"\b(\w+)Error\b", r"\1Exception", words)


def camel(name):
    """Answer so_pin as soPin."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def document(comment):
    """Answer the lines of an XML document."""
    text = re.sub(r"^\s*\* ?", "", comment, flags=re.M)
    summary, *tags = re.split(r"@(param\s+\w+|return|throws\s+\w+)", text)
    yield f"/// <summary>{sentence(summary)}</summary>"
    for tag, body in zip(tags[::2], tags[1::2]):
        kind, _, name = tag.partition(" ")
        if kind == "return":
            yield f"/// <returns>{sentence(body)}</returns>"
        elif kind == "param":
            yield f'/// <param name=\\"{camel(name)}\\">{sentence(body)}</param>'
        else:
            yield f'/// <exception cref=\\"{sentence(name)}\\">{sentence(body)}</exception>'


def main():
    """Do what the command line says."""
    path, *interfaces = sys.argv[1:]
    with open(path, "w", encoding="utf-8") as out:
        for interface in interfaces:
            with open(interface, encoding="utf-8") as file:
                source = file.read()
            owner = ""
            for found in DECLARED.finditer(source):
                owner = found["struct"] or owner
                lines = "\\n  ".join(document(found[1]))
                if found["struct"]:
                    print(f'%typemap(csattributes) {owner}, struct {owner} "{lines}"', file=out)
                else:
                    name = found["asker"] or found["name"]
                    print(f'%csmethodmodifiers {owner}::{name} "{lines}\\n  public";', file=out)


main()
