"""Keys, tokens and configurations of servers that let in only who may."""

import json
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

SECRET = "a secret of tests, with more than thirty-two bytes of no use elsewhere"
OTHER_SECRET = "another secret of tests, with more than thirty-two bytes of no use elsewhere"
AUDIENCE = "roost-tests"

OPERATIONS = ("subscribe", "publish", "history", "presence", "queues", "inbox")

ALGORITHMS = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}


def private_key(algorithm: str) -> Any:
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(65537, 2048)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return ed25519.Ed25519PrivateKey.generate()


def public_pem(key: Any) -> str:
    public = key.public_key()
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def private_pem(key: Any) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def jwk(algorithm: str, key: Any, kid: str) -> dict[str, Any]:
    found = ALGORITHMS[algorithm].to_jwk(key.public_key(), as_dict=True)
    return found | {"kid": kid, "use": "sig", "alg": algorithm}


def key_set(*keys: dict[str, Any]) -> str:
    return json.dumps({"keys": keys})


def claims(user: str = "alice", ttl: float = 60, **roost: Any) -> dict[str, Any]:
    return {"sub": user, "exp": int(time.time() + ttl), "aud": AUDIENCE, "roost": roost}


def token(
    user: str = "alice", *, ttl: float = 60, key: Any = SECRET, algorithm: str = "HS256", kid: str | None = None,
    **roost: Any,
) -> str:
    headers = {"kid": kid} if kid else None
    return jwt.encode(claims(user, ttl, **roost), key, algorithm, headers=headers)


def secret_file(folder: Path, secret: str = SECRET) -> Path:
    path = folder / "secret"
    path.touch(0o600)
    path.write_text(secret + "\n")
    return path


def configuration(*lines: str) -> str:
    """A configuration with the secret, the audience and, on every channel, history and presence."""
    auth = "\n".join(f"  {line}" for line in (f'hmac_secret: "{SECRET}"', f"audience: [{AUDIENCE}]", *lines))
    return f'auth:\n{auth}\nchannels: [{{match: "*", history: {{}}, presence: true}}]\n'
