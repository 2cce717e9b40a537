"""Questions in GraphQL: with a token that is fresh, within the points that the shop grants."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from comanda.connectors.base import Config, Vault
from comanda.connectors.errors import NeedsOwner, RetryLater
from comanda.connectors.http import Http
from comanda.connectors.shopify.authorise import PATH, kept
from comanda.connectors.shopify.queries import VERSION
from comanda.connectors.values import amount, certain, child, children, text

_MARGIN = timedelta(minutes=2)


class Graph:
    """One shop's; ``version`` is that of the API in which it answered last."""

    def __init__(self, config: Config, http: Http, vault: Vault | None) -> None:
        self._config, self._http, self._vault = config, http, vault
        self._fields: Mapping[str, str] = config.fields
        self.version = ""

    def ask(
        self, query: str, variables: Mapping[str, Any] | None = None, *, again: bool = True
    ) -> Mapping[str, Any]:
        """The data that a question brings; a token that is refused is renewed once, where that can be."""
        token = self._token()
        try:
            return self._post(token, query, variables or {}, again=again)
        except NeedsOwner as error:
            if error.code != "key_refused" or not self._is_renewable():
                raise
        return self._post(self._renew(), query, variables or {}, again=again)

    def _post(
        self, token: str, query: str, variables: Mapping[str, Any], *, again: bool
    ) -> Mapping[str, Any]:
        answer = self._http.ask(
            "POST",
            f"admin/api/{VERSION}/graphql.json",
            headers={"X-Shopify-Access-Token": token},
            json={"query": query, "variables": variables},
            again=again,
        )
        self.version = answer.headers.get("x-shopify-api-version", "")
        said = child(answer.json())
        if "data" not in said:
            raise RetryLater("not_json", host=answer.url.host, start=answer.start)
        self._spare(child(child(said.get("extensions")).get("cost")))
        return child(said["data"])

    def _spare(self, cost: Mapping[str, Any]) -> None:
        """Waits before the next question if another like this one would cost more than is left."""
        left = child(cost.get("throttleStatus"))
        lacking = amount(cost.get("requestedQueryCost")) - amount(left.get("currentlyAvailable"))
        rate = amount(left.get("restoreRate"))
        if left and lacking > 0 and rate:
            self._http.own.hold(float(lacking / rate))

    def refresh(self) -> None:
        """Fetches a token if there is none, or it is nearly over."""
        self._token()

    def _token(self) -> str:
        token, until = self._fields.get("access_token", ""), self._fields.get("expires_at", "")
        is_over = not token or (until and certain(until) - _MARGIN < datetime.now(UTC))
        if is_over and self._is_renewable():
            return self._renew()
        return token or self._config.need("access_token")

    def _is_renewable(self) -> bool:
        fields = self._fields
        return bool(fields.get("client_id") and fields.get("client_secret"))

    def _renew(self) -> str:
        """By one process for all, where there is a vault."""
        if self._vault is None:
            self._fields = {**self._fields, **self._fetch_token(self._fields)}
        else:
            self._fields = self._vault.renew(self._fields, self._fetch_token).fields
        return self._fields["access_token"]

    def _fetch_token(self, fields: Mapping[str, str]) -> Mapping[str, str]:
        asked = {"client_id": fields["client_id"], "client_secret": fields["client_secret"]}
        if fields.get("refresh_token"):
            asked |= {"grant_type": "refresh_token", "refresh_token": fields["refresh_token"]}
        else:
            asked["grant_type"] = "client_credentials"
        return {**fields, **kept(child(self._http.ask("POST", PATH, form=asked, again=True).json()))}

    def change(self, query: str, name: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Something that changes the shop; what it does not want is said."""
        done = child(self.ask(query, variables, again=False).get(name))
        refused = [text(child(each).get("message")) for each in children(done.get("userErrors"))]
        if refused:
            raise NeedsOwner("odd_answer", host=self._http.base, what="; ".join(refused))
        return done
