"""Cursor on Target: what the parties' own maps and radios of the TAK family read.

`cot` is one event as XML, `drawing` a volume as a shape of the map, `things` what a
notice, a zone, a site, a movement, a conflict or an alarm looks like there, `sending`
the ways to a server or a group. All of this is for the eye: no verdict rests on what
a map shows, and nothing here is signed. After the Cursor on Target event schema 2.0
and what ATAK, WinTAK and TAK Server take.
"""
