# SPDX-License-Identifier: BSD-3-Clause
"""Make the manual page of mainetcert(1) in one language: a frame, and in it what the command says
of itself with --help.

Usage: make.py MAINETCERT ja|en FRAME > PAGE
"""

import os
import re
import subprocess
import sys

OPTION = re.compile(r"  (\S.*?)(?:  +(\S.*))?$")


def ask(program, *arguments):
    """Answer what the program prints."""
    return subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout


def escape(text):
    """Answer text as roff takes it: no escapes, no requests, hyphens that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + text if text[:1] in (".", "'") else text


def bold_words(usage):
    """Answer a line of usage with its fixed words in bold."""
    return re.sub(r"(?<![\w-])(--[\w-]+|mainetcert(?: [a-z][a-z-]*){1,2})",
                  lambda word: f"\\fB{escape(word[0])}\\fR", usage)


def paragraphs(lines):
    """Yield ("text", lines) and ("option", name, lines)."""
    block = []
    for line in lines:
        if line.startswith("   ") and block and block[0] == "option":
            block[2].append(line.strip())
            continue
        found = OPTION.match(line)
        if block and (found or not line or block[0] == "option"):
            yield tuple(block)
            block = []
        if found:
            block = ["option", found[1], [found[2]] if found[2] else []]
        elif line:
            block = block or ["text", []]
            block[1].append(line)
    if block:
        yield tuple(block)


def join(lines, language):
    """Join broken lines: with a space only where both sides are Latin."""
    glue = "\n" if language == "en" else ""
    text = ""
    for line in lines:
        seam = glue if glue or not text or not (text[-1:] + line[:1]).isascii() else "\n"
        text += seam + line if text else line
    return "\n".join(escape(line) for line in text.split("\n"))


def section(text, language):
    """Answer the part of the page for one command."""
    usage, _, rest = text.partition("\n\n")
    invocation = usage.split(": ", 1)[1]
    roff = [f".SS {bold_words(invocation)}"]
    for kind, *parts in paragraphs(rest.rstrip("\n").split("\n")):
        if kind == "text":
            roff += [".PP", join(parts[0], language)]
        else:
            roff += [".TP", f"\\fB{escape(parts[0])}\\fR", join(parts[1], language)]
    return "\n".join(roff)


def commands(program):
    """Answer the words of every command, in the order of the help."""
    for line in ask(program, "complete", "").splitlines():
        word, _, about = line.partition("\t")
        if about:
            yield [word]
        else:
            yield from ([word, inner.partition("\t")[0]]
                        for inner in ask(program, "complete", word, "").splitlines())


def main():
    program, language, frame = sys.argv[1:]
    os.environ["LC_ALL"] = "C.UTF-8"
    sections = [section(ask(program, "--lang", language, *words, "--help"), language)
                for words in commands(program)]
    version = ask(program, "--version").split()[1]
    with open(frame, encoding="utf-8") as file:
        page = file.read().replace("@VERSION@", version).replace("@COMMANDS@", "\n".join(sections))
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
