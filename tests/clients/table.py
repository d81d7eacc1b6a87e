"""The generators whose clients are tried, in the order of docs/generating-clients.md."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROGRAMS: Final = Path(__file__).parent / "programs"

_GENERATOR: Final = "openapi-generator-cli generate -i openapi.yaml -o api"
_PACKAGES: Final = (
    "--invoker-package com.postfuze --api-package com.postfuze.api --model-package com.postfuze.model "
    "-p openApiNullable=false,useJakartaEe=true"
)
# All but those of annotations without a processor, of serializable classes, and of what newer versions of Jackson, such
# as the one in the generator's jar, deprecate.
_LINTS: Final = "-Xlint:all,-path,-deprecation,-processing,-serial -Werror -XDsuppressNotes"


@dataclass(frozen=True)
class Client:
    """A client: its section in the guide, the line there that generates it, the command that compiles it or checks its
    types and then prints nothing, and the one that runs a program. `programs` is the folder of the program that calls
    all operations, `tools` are what `scripts/client_tools` installs, `files` are copied from beside the folder."""

    name: str
    generate: str
    check: str
    run: str
    programs: str
    tools: tuple[str, ...]
    files: tuple[str, ...] = ()


CLIENTS: Final = (
    Client(
        "openapi-typescript and openapi-fetch",
        generate="npx openapi-typescript openapi.yaml -o api.d.ts",
        check="npx tsc",
        run="node out/{}.js",
        programs="openapi-fetch",
        tools=("node",),
        files=("tsconfig.json",),
    ),
    Client(
        "Hey API",
        generate="npx @hey-api/openapi-ts -i openapi.yaml -o api",
        check="npx tsc",
        run="node out/{}.js",
        programs="hey-api",
        tools=("node",),
        files=("tsconfig.json",),
    ),
    Client(
        "openapi-python-client",
        generate="openapi-python-client generate --path openapi.yaml --output-path api --meta none",
        check="mypy --strict --no-error-summary api *.py",
        run="python {}.py",
        programs="python",
        tools=("python",),
    ),
    Client(
        "OpenAPI Generator, TypeScript",
        generate=f"{_GENERATOR} -g typescript-fetch",
        check="npx tsc",
        run="node out/{}.js",
        programs="typescript-fetch",
        tools=("python", "node", "java"),
        files=("tsconfig.json",),
    ),
    Client(
        "OpenAPI Generator, Go",
        generate=f"{_GENERATOR} -g go --package-name api -p withGoMod=false --global-property apiTests=false",
        check="go vet ./...",
        run="go run ./{}",
        programs="go",
        tools=("python", "java", "go"),
    ),
    Client(
        "OpenAPI Generator, Java",
        generate=f"{_GENERATOR} -g java --library native {_PACKAGES}",
        check=f"javac {_LINTS} -d out $(find api/src/main -name '*.java') *.java",
        run="java {}",
        programs="java",
        tools=("python", "java"),
    ),
)
