"""Reads compose files, Dockerfiles and .dockerignore without a container engine: what would start, and what an image would hold."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from dockerfile_parse import DockerfileParser
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import best_match
from pathspec import PathSpec
from pydantic import BaseModel

from command_center.errors import DeclarationError

BASE_FILE = "compose.yml"
OVERLAYS = ("compose.demo.yml",)
REPLACED = ("command", "entrypoint", "test")  # lists of which the overlay's is the whole
VARIABLE = re.compile(
    r"\$\$|\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<how>:?[-?+])(?P<rest>[^}]*))?\}|\$(?P<bare>[A-Za-z_]\w*)"
)


class Build(BaseModel):
    context: str
    dockerfile: str
    target: str = ""


class Healthcheck(BaseModel):
    test: list[str] = []
    interval: str | None = None
    timeout: str | None = None
    retries: int | None = None
    disable: bool = False


class Dependency(BaseModel):
    condition: str


class Service(BaseModel):
    """What the policy looks at, in the one way of writing it that this project uses; the schema has read the rest."""

    image: str
    build: Build | None = None
    user: str = ""
    entrypoint: list[str] = []
    command: list[str] = []
    environment: dict[str, str] = {}
    depends_on: dict[str, Dependency] = {}
    healthcheck: Healthcheck | None = None
    ports: list[str] = []
    volumes: list[str] = []
    networks: list[str] = []
    profiles: list[str] = []
    restart: str | None = None
    read_only: bool = False
    cap_drop: list[str] = []
    security_opt: list[str] = []

    @property
    def is_once(self) -> bool:
        return self.restart == "no"

    @property
    def program(self) -> list[str]:
        return [*self.entrypoint, *self.command]


class Project(BaseModel):
    services: dict[str, Service]
    networks: dict[str, Any] = {}
    volumes: dict[str, Any] = {}


class UniqueKeys(yaml.SafeLoader):
    """PyYAML, but a key that is written twice is an error and not the last one's victory."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key!r} is there twice", node.start_mark)
        return node


def read_compose(path: Path) -> dict[str, Any]:
    """A compose file's content. Raises DeclarationError with a sentence that says what is wrong and where."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=UniqueKeys)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DeclarationError(f"not readable as YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict):
        raise DeclarationError("a mapping with 'services' was expected at the top.")
    return content


def merge(base: Any, over: Any) -> Any:
    """Compose's own rules: mappings merge, lists are appended, except commands, which are replaced."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return [*base, *over] if isinstance(base, list) and isinstance(over, list) else over
    return base | {
        key: merge(base[key], value) if key in base and key not in REPLACED else value for key, value in over.items()
    }


def schema_problems(content: Mapping[str, Any]) -> Iterator[str]:
    """Where the content is no compose file, by the schema of the Compose specification."""
    for error in _schema().iter_errors(content):
        if error.validator == "unevaluatedProperties":  # also names what is known but wrong, which is told by itself
            yield from _unknown_keys(error)
        else:
            found = best_match([error]) or error
            yield f"{_place(found)}: {found.message}."


def _unknown_keys(error: ValidationError) -> Iterator[str]:
    known = _properties(error.schema)
    for key in error.instance:
        if key not in known and not key.startswith("x-"):
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else "."
            yield f"{_place(error)}: the key {key!r} does not exist{hint}"


def _properties(schema: Mapping[str, Any]) -> set[str]:
    """Names that a part of the schema knows, also by the parts that it refers to."""
    named = [_schema().schema["$defs"][schema["$ref"].rpartition("/")[2]]] if "$ref" in schema else []
    return set(schema.get("properties", ())).union(*map(_properties, [*named, *schema.get("allOf", [])]))


def _place(error: ValidationError) -> str:
    return ".".join(map(str, error.absolute_path)) or "top level"


@cache
def _schema() -> Draft202012Validator:
    return Draft202012Validator(get_builtin_schema("vendor.compose-spec"))


def load_project(folder: Path, *, demo: bool = False) -> Project:
    """The services as they would be started. Raises DeclarationError for what is no compose file."""
    content = read_compose(folder / BASE_FILE)
    return Project.model_validate(merge(content, read_compose(folder / OVERLAYS[0])) if demo else content)


def interpolate(text: str, values: Mapping[str, str]) -> str:
    """Compose's interpolation; what has neither value nor default becomes empty."""

    def replace(found: re.Match[str]) -> str:
        name = found["name"] or found["bare"]
        if name is None:
            return "$"
        default = found["rest"] or "" if found["how"] in (":-", "-") else ""
        return values.get(name) or default

    return VARIABLE.sub(replace, text)


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile; lines are counted from 1."""

    line: int
    name: str
    text: str


@dataclass(frozen=True)
class Stage:
    """What follows one FROM; a stage without a name is known by its number."""

    name: str
    base: str
    instructions: tuple[Instruction, ...]

    def of(self, name: str) -> list[Instruction]:
        return [one for one in self.instructions if one.name == name]

    @property
    def copies(self) -> list[tuple[list[str], str]]:
        """Sources in the repository and where they go, not what comes from another stage."""
        found = [one.text.split() for one in self.of("COPY") if "--from=" not in one.text]
        words = [[word for word in line if not word.startswith("--")] for line in found]
        return [(line[:-1], line[-1]) for line in words]

    @property
    def copied_stages(self) -> list[str]:
        return [name for one in self.of("COPY") for name in re.findall(r"--from=(\S+)", one.text)]


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile, split into stages; empty when there is no such file."""

    path: Path

    @cached_property
    def instructions(self) -> list[Instruction]:
        if not self.path.is_file():
            return []
        parsed = DockerfileParser(fileobj=io.BytesIO(self.path.read_bytes())).structure
        return [
            Instruction(one["startline"] + 1, one["instruction"], " ".join(one["value"].split()))
            for one in parsed
            if one["instruction"] != "COMMENT"
        ]

    @cached_property
    def stages(self) -> list[Stage]:
        starts = [place for place, one in enumerate(self.instructions) if one.name == "FROM"]
        found = []
        for number, (start, end) in enumerate(pairwise([*starts, len(self.instructions)])):
            words = self.instructions[start].text.split()
            name = words[2] if len(words) == 3 and words[1].upper() == "AS" else str(number)
            found.append(Stage(name, words[0], tuple(self.instructions[start:end])))
        return found

    def built(self, target: str = "") -> list[Stage]:
        """The stages that one image consists of, from its base on; without a target, the image of the last stage."""
        by_name = {stage.name: stage for stage in self.stages}
        stage = by_name.get(target or (self.stages[-1].name if self.stages else ""))
        chain: list[Stage] = []
        while stage is not None and stage not in chain:
            chain.insert(0, stage)
            stage = by_name.get(stage.base)
        return chain

    def lock(self, target: str = "") -> str | None:
        """The lock file from which an image's packages come: the last that it, or a stage that it copies from, installs."""
        chain = self.built(target)
        stages = [*chain, *(stage for one in chain for name in one.copied_stages for stage in self.built(name))]
        locks = [
            source
            for stage in stages
            for sources, _ in stage.copies
            for source in sources
            if re.fullmatch(r"requirements.*\.lock", source) and any(source in one.text for one in stage.of("RUN"))
        ]
        return locks[-1] if locks else None

    def files(self, root: Path, target: str = "") -> dict[str, Path]:
        """Each file of the repository that the image would hold, by its path inside."""
        ignored = self._ignored()
        held: dict[str, Path] = {}
        for sources, place in (copy for stage in self.built(target) for copy in stage.copies):
            for source in sources:
                for found in sorted(root.glob(source)):
                    held |= dict(_placed(found, place, is_folder=place.endswith("/")))
        return {inside: file for inside, file in held.items() if not ignored.match_file(file.relative_to(root))}

    def _ignored(self) -> PathSpec:
        file = self.path.with_name(f"{self.path.name}.dockerignore")
        lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
        # Docker's patterns begin at the root of the context; gitignore's with a slash do.
        return PathSpec.from_lines("gitwildmatch", [re.sub(r"^(!?)/?(?=[^#\s])", r"\1/", line) for line in lines])


def _placed(found: Path, place: str, *, is_folder: bool) -> Iterator[tuple[str, Path]]:
    """COPY takes a folder's content, and a file by its name where the place is a folder."""
    if found.is_file():
        yield str(PurePosixPath(place, found.name) if is_folder else PurePosixPath(place)), found
    for file in found.rglob("*"):
        if file.is_file():
            yield str(PurePosixPath(place, file.relative_to(found).as_posix())), file


def dockerfile_of(service: Service, root: Path) -> Dockerfile:
    return Dockerfile(root / (service.build.dockerfile if service.build else "none"))
