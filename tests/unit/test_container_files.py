"""The container files, checked without a container engine: schema, linter, and that all they name exists."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from bot import __version__
from bot.settings import CONFIG_VARIABLE, Settings, settings_rows

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DATA_DIR, SEEDS_DIR = "/data", "/seeds"


class Instruction(NamedTuple):
    name: str
    rest: str
    stage: int

    @property
    def words(self) -> list[str]:
        """The arguments of the exec form or of the shell form, without options."""
        text = self.rest
        if self.name == "HEALTHCHECK":
            text = text.split("CMD ", 1)[1]
        if text.startswith("["):
            return [str(word) for word in json.loads(text)]
        return [word for word in shlex.split(text) if not word.startswith("--")]


def instructions() -> Iterator[Instruction]:
    lines = [line for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines() if not line.startswith("#")]
    stage = -1
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            stage += name == "FROM"
            yield Instruction(name, rest.strip(), stage)


DOCKERFILE = list(instructions())
LAST_STAGE = [instruction for instruction in DOCKERFILE if instruction.stage == DOCKERFILE[-1].stage]
COPIED = [i for i in DOCKERFILE if i.name in ("COPY", "ADD") and "--from=" not in i.rest]


def image_environment() -> dict[str, str]:
    pairs = [word.partition("=") for i in LAST_STAGE if i.name == "ENV" for word in i.words]
    return {name: value for name, _, value in pairs}


def commands() -> list[list[str]]:
    """Every command of ours that the files start, as words after `verbatim`."""
    entry = next(i.words for i in LAST_STAGE if i.name == "ENTRYPOINT")
    started = [entry + i.words for i in LAST_STAGE if i.name == "CMD"]
    started += [i.words for i in LAST_STAGE if i.name == "HEALTHCHECK"]
    bot = SERVICES["verbatim"]
    started += [entry + bot["command"], bot["healthcheck"]["test"][1:]]
    return started


def build_context() -> list[str]:
    """What .dockerignore lets through, as its own lines say."""
    return [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    ]


def test_the_compose_file_follows_the_schema() -> None:
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(shutil.which("hadolint", path=str(Path(sys.executable).parent)) is None, reason="hadolint absent")
def test_the_dockerfile_passes_its_linter() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("source", [word for copy in COPIED for word in copy.words[:-1]])
def test_every_copied_path_exists_and_reaches_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert source in build_context()


def test_nothing_reaches_the_builder_that_is_not_copied() -> None:
    copied = {word for copy in COPIED for word in copy.words[:-1]}
    assert set(build_context()) == copied


def test_the_image_holds_what_the_package_says_about_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {"pyproject.toml", project["readme"], *project["license-files"]}
    assert named <= {word for copy in COPIED for word in copy.words[:-1]}


def test_what_is_installed_is_checked_by_its_hashes() -> None:
    installs = [i.rest for i in DOCKERFILE if i.name == "RUN" and "pip install" in i.rest]
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-deps --no-build-isolation" in install


def test_stages_are_copied_from_by_names_they_have() -> None:
    named = {i.words[2] for i in DOCKERFILE if i.name == "FROM" and len(i.words) == 3}
    used = {word.removeprefix("--from=") for i in DOCKERFILE for word in i.rest.split() if word.startswith("--from=")}
    assert used <= named


def test_no_image_is_taken_at_a_moving_tag() -> None:
    images = [i.words[0] for i in DOCKERFILE if i.name == "FROM"]
    images += [service["image"] for service in SERVICES.values()]
    for image in images:
        _, colon, tag = image.rpartition(":")
        assert colon
        assert tag != "latest"
        assert any(sign.isdigit() for sign in tag)


def test_it_runs_without_root_rights_as_one_and_the_same_user() -> None:
    user = next(i.rest for i in LAST_STAGE if i.name == "USER")
    assert user.isdigit()
    assert int(user) > 0
    assert SERVICES["verbatim"]["user"] == user
    assert any(f"--uid {user} " in i.rest for i in LAST_STAGE if i.name == "RUN")


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_locked_down(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "/tmp" in service["tmpfs"]
    assert service["healthcheck"]["test"]


def test_data_lies_in_a_volume_that_the_user_may_write_and_seeds_are_read_only() -> None:
    volumes = SERVICES["verbatim"]["volumes"]
    assert f"data:{DATA_DIR}" in volumes
    assert f"./seeds:{SEEDS_DIR}:ro" in volumes
    assert any(i.name == "VOLUME" and i.words == [DATA_DIR] for i in LAST_STAGE)
    assert any(f"install -d -o verbatim -g verbatim {DATA_DIR}" in i.rest for i in LAST_STAGE if i.name == "RUN")


@pytest.mark.parametrize("name", SERVICES)
def test_every_mounted_path_and_volume_exists(name: str) -> None:
    for volume in SERVICES[name]["volumes"]:
        source = volume.split(":")[0]
        assert (ROOT / source).is_dir() if source.startswith(".") else source in COMPOSE["volumes"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_file_of_variables_exists_or_need_not(name: str) -> None:
    for entry in SERVICES[name].get("env_file", []):
        assert entry["required"] is False or (ROOT / entry["path"]).is_file()
        assert (ROOT / ".env.example").is_file()


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_waited_for_exists_and_can_be_healthy(name: str) -> None:
    profiles = set(SERVICES[name].get("profiles", []))
    for other, condition in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if condition["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        if not set(SERVICES[other].get("profiles", [])) <= profiles:
            assert condition["required"] is False


def test_every_variable_that_is_ours_is_a_setting() -> None:
    known = {f"VERBATIM_{row.key.upper()}" for row in settings_rows(Settings())} | {CONFIG_VARIABLE}
    ours = {name for name in (*image_environment(), *SERVICES["verbatim"]["environment"]) if name.startswith("VERB")}
    assert ours <= known
    assert image_environment()["VERBATIM_DATA_DIR"] == DATA_DIR
    assert image_environment()["VERBATIM_SEEDS_DIR"] == SEEDS_DIR


def test_paths_in_a_persons_env_file_do_not_lead_the_container_astray() -> None:
    environment = SERVICES["verbatim"]["environment"]
    assert (environment["VERBATIM_DATA_DIR"], environment["VERBATIM_SEEDS_DIR"]) == (DATA_DIR, SEEDS_DIR)


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_that_is_started_exists(command: list[str]) -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert command[0] in scripts
    module, _, function = scripts[command[0]].partition(":")
    asked = [sys.executable, "-c", f"from {module} import {function}; {function}()", *command[1:], "--help"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert command[1] in done.stdout


def test_the_model_is_beside_it_only_when_asked_for() -> None:
    assert SERVICES["model"]["profiles"] == ["model"]
    assert "profiles" not in SERVICES["verbatim"]
    assert SERVICES["verbatim"]["environment"]["OPENAI_BASE_URL"] == "${OPENAI_BASE_URL:-}"
    told = (ROOT / "docker-compose.yml").read_text("utf-8").split("services:")[0]
    assert "OPENAI_BASE_URL=http://model:" in told


def test_the_image_is_called_by_the_version_it_holds() -> None:
    assert SERVICES["verbatim"]["image"] == f"verbatim-bot:{__version__}"


def test_no_lock_names_where_its_packages_come_from() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        lines = lock.read_text("utf-8").splitlines()
        assert not [line for line in lines if "://" in line or line.startswith(("--index", "--extra-index", "--find"))]
        pinned = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert pinned
        assert all("==" in line for line in pinned)


def test_the_library_and_the_secrets_of_this_machine_stay_out_of_the_image() -> None:
    for name in ("data", ".env", "verbatim.toml", ".git", ".venv"):
        assert not any(fnmatch(name, allowed) for allowed in build_context())
