import asyncio
import sys

from langchain_mcp_adapters.client import MultiServerMCPClient


async def main():
    servers = {"notes": {"transport": "streamable_http", "url": sys.argv[1]}}
    tools = await MultiServerMCPClient(servers).get_tools()
    search = next(tool for tool in tools if tool.name == "search")
    print(await search.ainvoke({"query": "circuit breaker"}))


asyncio.run(main())
