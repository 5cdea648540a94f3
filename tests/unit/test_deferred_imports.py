"""What the SDKs load in vain is deferred, and is there as soon as something needs it.

Each test runs in a fresh interpreter: here everything is loaded already.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest

from shared.deferred_imports import DEFERRED, ONE_BY_ONE, VERSIONS

ROOT = Path(__file__).resolve().parents[2]
NAMES = [name.replace("_*", "_49") for name in DEFERRED]

LEAN = """
import sys
from shared.deferred_imports import DEFERRED, deferred_imports
with deferred_imports():
    import phonenumbers, tablestore
    from alibabacloud_credentials.client import Client as Credentials
    from alibabacloud_dysmsapi20170525.client import Client
    from alibabacloud_dysmsapi20170525 import models
loaded = [name for name in sys.modules if name.startswith(tuple(n.rstrip('*') for n in DEFERRED))]
"""


def run(code: str) -> str:
    """Run code in a fresh interpreter that has imported the SDKs lean."""
    program = f"{LEAN}\n{textwrap.dedent(code)}"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_the_sdks_load_none_of_it() -> None:
    assert run("print(loaded)") == "[]"


@pytest.mark.parametrize("name", NAMES)
def test_everybody_else_gets_the_real_module(name: str) -> None:
    code = f"""
    import importlib
    module = importlib.import_module({name!r})
    print(type(module).__name__, module.__name__, bool(module.__file__))
    """
    assert run(code) == f"module {name} True"


@pytest.mark.parametrize("name", NAMES)
def test_what_is_deferred_exists(name: str) -> None:
    """Else a name that is misspelt, or that an SDK dropped, would stay for ever."""
    assert find_spec(name) is not None


@pytest.mark.parametrize("name", VERSIONS)
def test_a_placeholder_tells_the_major_version_that_is_installed(name: str) -> None:
    assert VERSIONS[name].split(".")[0] == version(name).split(".")[0]


def test_what_was_loaded_before_is_not_deferred() -> None:
    code = """
    import asyncio
    with deferred_imports():
        import asyncio as again
    print(again is asyncio)
    """
    assert run(code) == "True"


@pytest.mark.parametrize(
    ("name", "expected", "code"),
    [
        (
            "aiohttp and asyncio, by an asynchronous client",
            "aiohttp",
            """
            import asyncio
            async def ask():
                async with tablestore.AsyncOTSClient('http://127.0.0.1:9', 'k', 's', 'i') as client:
                    try:
                        await client.list_table()
                    except Exception as error:
                        return type(error).__module__.split('.')[0]
            print(asyncio.run(ask()))
            """,
        ),
        (
            "apscheduler, by the keys of an ECS instance",
            "False",
            """
            from alibabacloud_credentials.provider import ecs_ram_role
            print(ecs_ram_role.BackgroundScheduler().running)
            """,
        ),
        (
            "charset_normalizer, by an answer that does not say its encoding",
            "utf-8",
            """
            import requests
            answer = requests.Response()
            answer._content = '验证码，五分钟内有效'.encode()
            print(answer.apparent_encoding)
            """,
        ),
        (
            "crc32c and numpy, by a time series",
            "True",
            """
            from tablestore.encoder import OTSProtoBufferEncoder
            key = tablestore.TimeseriesKey('cpu', 'host', {'region': 'a'})
            row = tablestore.TimeseriesRow(key, {'value': 1}, 1_700_000_000_000_000)
            encoder = OTSProtoBufferEncoder('utf8')
            request = encoder.encode_request('PutTimeseriesData', 'table', [row])
            print(len(request.SerializeToString()) > 40)
            """,
        ),
        (
            "numpy, by a vector of flatbuffers",
            "True",
            """
            import flatbuffers, numpy
            builder = flatbuffers.Builder(0)
            print(builder.CreateNumpyVector(numpy.array([1, 2, 3])) > 0)
            """,
        ),
        (
            "cryptography, by a signature with an RSA key",
            "256",
            """
            from cryptography.hazmat.primitives import serialization
            from cryptography.hazmat.primitives.asymmetric import rsa
            from alibabacloud_tea_openapi.utils import rsa_sign
            key = rsa.generate_private_key(65537, 2048).private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption()).decode()
            print(len(rsa_sign(b'text', key)))
            """,
        ),
        (
            "google.protobuf.text_format, by the debug log",
            "True",
            """
            import tablestore.protocol as protocol
            import tablestore.protobuf.table_store_pb2 as pb
            print(protocol.text_format.MessageToString(pb.ListTableRequest(), as_utf8=True) == '')
            """,
        ),
        (
            "phonenumbers, number by number as it is typed",
            "138 00",
            """
            typed = phonenumbers.AsYouTypeFormatter('CN')
            print([typed.input_digit(digit) for digit in '13800'][-1])
            """,
        ),
        (
            "phonenumbers, in a text, and short ones",
            "1 True",
            """
            found = phonenumbers.PhoneNumberMatcher('call 13800138000 now', 'CN')
            print(len(list(found)), phonenumbers.is_emergency_number('110', 'CN'))
            """,
        ),
        (
            "phonenumbers, in a text with groups of its own country",
            "1",
            """
            found = phonenumbers.PhoneNumberMatcher(
                'Tel 030 12 34 56 78 x', 'DE', leniency=phonenumbers.Leniency.EXACT_GROUPING)
            print(len(list(found)))
            """,
        ),
        (
            "websocket, by OpenAPI over it",
            "1 WebSocketApp",
            """
            import darabonba.websocket as websocket
            print(websocket.ABNF.OPCODE_TEXT, websocket.websocket.WebSocketApp.__name__)
            """,
        ),
        (
            "aiofiles, by keys in a file",
            "open",
            """
            import alibabacloud_credentials.provider.profile as profile
            print(profile.aiofiles.open.__name__)
            """,
        ),
        (
            "importlib.metadata, by plug-ins of pydantic",
            "1 []",
            """
            with deferred_imports():
                import pydantic.plugin._loader as loader
            class Model(__import__('pydantic').BaseModel):
                a: int
            print(Model(a=1).a, list(loader.get_plugins()))
            """,
        ),
    ],
    ids=lambda value: "" if "\n" in value else value,
)
def test_it_works_when_something_needs_it(name: str, expected: str, code: str) -> None:
    assert run(code) == expected


def test_a_class_of_a_deferred_module_can_be_a_base_and_be_asked_for() -> None:
    code = """
    with deferred_imports():
        from cryptography.hazmat.primitives.hashes import SHA256
    class Own(SHA256):
        pass
    print(Own.name, isinstance(Own(), SHA256), issubclass(Own, SHA256), isinstance(1, SHA256))
    """
    assert run(code) == "sha256 True True False"


def names_of(package: str) -> list[tuple[str, str]]:
    """Return what a package's `__init__.py` imports, as (module, name)."""
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_bytes())
    return [
        (node.module or "", alias.name)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if node.level == 1
    ]


@pytest.mark.parametrize("package", ONE_BY_ONE)
def test_every_class_of_a_package_is_found_in_its_own_module(package: str) -> None:
    names = names_of(package)
    assert len(names) > 200
    code = f"""
    names = {names!r}
    wrong = [name for module, name in names
             if getattr(models, name).__module__ != f'{package}.{{module}}']
    print(len(names), wrong)
    """
    assert run(code) == f"{len(names)} []"


def test_one_class_loads_one_module() -> None:
    code = f"""
    models.SendSmsRequest
    print([name for name in sys.modules if name.startswith({ONE_BY_ONE[0]!r} + '.')])
    """
    assert run(code) == f"['{ONE_BY_ONE[0]}._send_sms_request']"


def test_a_class_whose_module_has_another_name_is_found_all_the_same() -> None:
    code = f"""
    sys.modules[{ONE_BY_ONE[0]!r} + '._send_sms_request'] = None  # as if there were none
    sys.modules[{ONE_BY_ONE[0]!r}].__dict__.pop('SendSmsRequest', None)
    try:
        models.SendSmsRequest
    except ModuleNotFoundError:
        print('the whole package was loaded, which needs that module too')
    """
    assert run(code) == "the whole package was loaded, which needs that module too"


def test_a_class_that_does_not_exist_is_an_attribute_error() -> None:
    code = """
    try:
        models.NoSuchRequest
    except AttributeError as error:
        print(error, len([name for name in vars(models) if name.endswith('Request')]) > 50)
    """
    assert run(code) == "NoSuchRequest True"
