"""Where the present call comes from. Services take no request; the audit trail still needs the address."""

from contextvars import ContextVar

address: ContextVar[str] = ContextVar("address", default="")
