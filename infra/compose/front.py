"""The server in front (Caddy), configured: TLS, and each request to the service that owns its path."""

from contracts.routes import ROUTES

SERVICE_PORT = 8000

_HEAD = """\
# Made by `python -m infra.compose write` from contracts/routes.py; `make check` compares.
{
	admin off
	servers {
		protocols h1 h2
		timeouts {
			read_header 10s
			idle 2m
		}
	}
}

{$ASTREINTE_HOSTNAME:localhost} {
	header {
		Strict-Transport-Security "max-age=31536000"
		-Server
	}

	redir / /session
"""

_ROUTE = """
	@{service} path {paths}
	handle @{service} {{
		reverse_proxy {service}:{port} {{
			# A service that restarts is waited for: only a connection that was never made is tried again.
			lb_try_duration 10s
			flush_interval -1
		}}
	}}
"""

_TAIL = """
	handle {
		header Content-Type application/problem+json
		respond `{"type": "/problems/not-found", "title": "There is nothing here", "status": 404}` 404
	}

	handle_errors {
		header Content-Type application/problem+json
		header Retry-After 5
		respond `{"type": "/problems/not-ready", "title": "Not ready yet", "status": 503}` 503
	}
}

# Asked by the engine, from within.
http://127.0.0.1:2020 {
	bind 127.0.0.1
	respond 204
}
"""


def caddyfile() -> str:
    """The text of infra/compose/Caddyfile."""
    routes = (
        _ROUTE.format(
            service=service,
            port=SERVICE_PORT,
            paths=" ".join(path for prefix in prefixes for path in _below(prefix)),
        )
        for service, prefixes in ROUTES.items()
    )
    return _HEAD + "".join(routes) + _TAIL


def _below(prefix: str) -> tuple[str, ...]:
    return (prefix, f"{prefix}/*")
