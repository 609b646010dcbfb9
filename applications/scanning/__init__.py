"""From a scanned or photographed paper to what it is: pictures of pages, their code, their red seals.

Knows nothing of applications or the database: pictures go in, plain facts come out.
"""
