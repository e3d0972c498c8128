"""An agent asks to deploy a version, and waits until it is over. Arguments: the gateway, the installation, the agent's key file."""
import base64, hashlib, json, sys, time
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from countersign_api import CountersignApi, Proposal

address, installation, key_file = sys.argv[1:4]
jwk = json.load(open(key_file))["jwk"]

def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def signed(said: object) -> str:
    """A compact JWS over the canonical JSON of what is said (RFC 8785), by the agent's key (RFC 8037)."""
    thumbprint = b64(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{jwk["x"]}"}}'.encode()).digest())
    canonical = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = f'{b64(json.dumps({"alg": "EdDSA", "kid": thumbprint}).encode())}.{b64(canonical.encode())}'
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(jwk["d"] + "=="))
    return f"{text}.{b64(key.sign(text.encode()))}"

now = int(time.time())
proposal: Proposal = {
    "actionType": "version.deploy", "target": "checkout", "environment": "production", "params": {"version": "2.4.0"},
    "agent": {"id": "deploy-agent", "version": "2.0.1"}, "idempotencyKey": f"deploy-from-python-{now}",
    "rationale": {"summary": "Checkout loses one payment in forty since 03:10; 2.4.0 does not.", "confidence": 0.8,
                  "alternatives": [{"option": "restart it", "confidence": 0.2, "whyNot": "it failed again"}]},
    "evidence": [{"title": "error ratio", "detail": "2.5 % since 03:10, 0.1 % before"}],
    "successCriteria": ["the error ratio is below 0.5 % again"],
    "installation": installation, "expiresAt": (now + 900) * 1000,
}
api = CountersignApi(address)
action = api.propose(signed(proposal), wait="ruling")["actionId"]
print(f"people decide at {address}/actions/{action}", flush=True)
while True:
    api.bearer = signed({"agent": "deploy-agent", "aud": address, "iat": int(time.time()), "exp": int(time.time()) + 300})
    state = api.show(action)["state"]
    if "outcome" in state:
        sys.exit(print(f'{state["outcome"]["kind"]}: {state["outcome"]["reason"]}'))
    time.sleep(2)
