"""A client for agents, made from the gateway's /openapi.json by scripts/python-client.ts. Do not change it by hand."""
from __future__ import annotations

import json
from typing import Any, Literal, NotRequired, TypedDict
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class Refused(Exception):
    """The gateway did not do it. `problem` is its answer (RFC 9457): what is wrong, where, and what would pass."""

    def __init__(self, status: int, problem: Any):
        super().__init__(f"{status}: {problem}")
        self.status = status
        self.problem = problem


# What the SDK takes as a proposal.
Proposal = dict[str, Any]
# What the agent may do. With ?wait=ruling.
Ruling = dict[str, Any]
Proposed = TypedDict("Proposed", {
    "actionId": str,
    "workflowId": str,
    "signed": bool,
    "ruling": NotRequired[Ruling],
})
# Nobody knows whose proposal it is: it can only be recommended, and no more is told of it.
Taken = TypedDict("Taken", {
    "actionId": str,
    "signed": bool,
})
HeadlineFact = TypedDict("HeadlineFact", {
    "label": str,
    "text": str,
    "tone": Literal["plain", "good", "bad", "unknown"],
})
# Everything known of an action: the answer of the query getAction.
ActionState = dict[str, Any]
ShowAnswer = TypedDict("ShowAnswer", {
    "from": Literal["workflow", "ledger"],
    "headline": list[HeadlineFact],
    "state": ActionState,
})
# In sentences.
Explanation = dict[str, Any]
AnswerBody = TypedDict("AnswerBody", {
    "questionId": str,
    "text": str,
})
AnswerAnswer = TypedDict("AnswerAnswer", {
    "actionId": str,
})
CancelAnswer = TypedDict("CancelAnswer", {
    "actionId": str,
})


class CountersignApi:
    """The gateway at one address. `bearer` is what an agent shows to see its own actions: a JWS, as docs/gateway.md says."""

    def __init__(self, address: str, bearer: str | None = None):
        self.address = address.rstrip("/")
        self.bearer = bearer

    def _send(self, method: str, path: str, query: dict[str, str | int | None], body: Any = None) -> Any:
        asked = urlencode({name: value for name, value in query.items() if value is not None})
        headers = {"Accept": "application/json"}
        if self.bearer is not None:
            headers["Authorization"] = f"Bearer {self.bearer}"
        data = None
        if body is not None:
            # What an agent signed is text: a compact JWS.
            headers["Content-Type"] = "application/jose" if isinstance(body, str) else "application/json"
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
        request = Request(f"{self.address}{path}{'?' if asked else ''}{asked}", data, headers, method=method.upper())
        try:
            with urlopen(request) as answer:
                return json.load(answer)
        except HTTPError as error:
            text = error.read().decode()
            try:
                raise Refused(error.code, json.loads(text)) from None
            except json.JSONDecodeError:
                raise Refused(error.code, text) from None

    def propose(self, body: str | Proposal, wait: Literal["ruling"] | None = None) -> Proposed | Taken:
        """Propose an action."""
        path = f"/api/actions"
        return self._send("post", path, {"wait": wait}, body)

    def show(self, id: str, wait: int | None = None) -> ShowAnswer:
        """One action, from its workflow or, when that is gone, from the ledger."""
        path = f"/api/actions/{quote(id, safe='')}"
        return self._send("get", path, {"wait": wait})

    def explanation(self, id: str) -> Explanation:
        """Who approved the authority, what limited it, and how the decision was reached."""
        path = f"/api/actions/{quote(id, safe='')}/explanation"
        return self._send("get", path, {})

    def answer(self, id: str, body: AnswerBody) -> AnswerAnswer:
        """Answer what an approver asked: for the agent, with its pass."""
        path = f"/api/actions/{quote(id, safe='')}/answers"
        return self._send("post", path, {}, body)

    def cancel(self, id: str) -> CancelAnswer:
        """Cancel a request: for its agent, and for owners of the agent."""
        path = f"/api/actions/{quote(id, safe='')}/cancel"
        return self._send("post", path, {})
