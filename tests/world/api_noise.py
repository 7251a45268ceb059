"""API noise: schemathesis sends a served newsroom's API what its description allows, and what not.

    PYTHONPATH=tests python -m world.api_noise SCHEMATHESIS MINUTES

It has an owner's token. What would end the account that asks is left out. Ends with schemathesis'
own code; what it found, with a line that asks it again, stands in what it prints.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from world.api_client import make_token
from world.served_newsroom import filed_newsroom, serve_newsroom

CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_schema_conformance,unsupported_method,ignored_auth"
)
# they end the account that asks
LEFT_OUT = ("reset_person", "remove_person", "set_role")


def main() -> int:
    """Ask for so many minutes; return the exit code."""
    program, minutes = str(Path(sys.argv[1]).absolute()), int(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="api-noise-") as folder:
        root = filed_newsroom(Path(folder))
        with (root / "beat.toml").open("a", encoding="utf-8") as beat:
            beat.write("\n[desk]\napi_requests_a_minute = 1000000\n")
        with serve_newsroom(root) as served:
            served.owner()
            token = make_token(root, "Anna", "read", "propose", "decide", "manage")
            command = [
                program,
                "run",
                f"http://127.0.0.1:{served.port}/desk/api/openapi.json",
                f"--header=Authorization: Bearer {token}",
                f"--checks={CHECKS}",
                f"--max-time={minutes * 60}",
                "--phases=examples,coverage,fuzzing,stateful",
                "--no-color",
            ]
            for operation in LEFT_OUT:
                command += ["--exclude-operation-id", operation]
            code = subprocess.run(command, check=False, cwd=folder).returncode
            if "Traceback" in served.said:
                print(served.said[-5_000:], file=sys.stderr)
                return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
