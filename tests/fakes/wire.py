"""The client of the wire over an in-process service: the same bytes both ways, without a socket and a process."""

from __future__ import annotations

import httpx

from bridge.home import ensure_home
from bridge.rpc.client import Client
from bridge.rpc.daemonfile import DaemonInfo
from bridge.rpc.dispatcher import Dispatcher
from bridge.rpc.methods import method_table
from bridge.service import Service
from bridge.web.keys import PageKeys
from bridge.web.methods import open_methods
from bridge.web.opening import Opener


class WireClient(Client):
    def __init__(self, service: Service) -> None:
        super().__init__(DaemonInfo(port=1, token="", pid=0, started="", version=""))
        opener = Opener(ensure_home(), PageKeys(), lambda: 1)
        dispatcher = Dispatcher(method_table(service, lambda: None, open_methods(opener)))

        def answer(request: httpx.Request) -> httpx.Response:
            if request.method == "PUT":
                service.hosts.put_proxy(request.url.path.removeprefix("/proxy/"), request.content)
                return httpx.Response(204)
            return httpx.Response(200, content=dispatcher.handle(request.content) or b"")

        self._http.close()
        self._http = httpx.Client(
            base_url="http://127.0.0.1:1",
            transport=httpx.MockTransport(answer),
        )
