"""Public pages: asked for politely, read in a process apart, kept by hash.

What a look at a page says and when the next one is due is decided in
`openline.domain.statements`; here is how one looks.
"""
