"""Electronic seals: what a seal is (picture, name, owner, certificate), how it is put on a PDF, how one is checked.

Signatures follow PAdES (ETSI EN 319 142-1), with RSA or elliptic curves and SHA-256. Seals after GB/T 38540 with the
SM2 and SM3 algorithms are made by licensed services; such a service is plugged in as a provider (see provider.py).
"""
