"""The local face check (本地人脸核身): a process of its own that looks at frames and forgets them.

It needs the extra `juzhu[face]`; nothing outside this package imports it, so that an installation
without the extra never misses it. What it does not stop is in `docs/operations/face.md`.
"""
