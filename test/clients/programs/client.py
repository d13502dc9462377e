import asyncio
import importlib
import sys


async def main(url, module):
    async with importlib.import_module(module).Client(url) as client:
        await client.list_tools()
        result = await client.call_tool("search", {"query": "circuit breaker"})
        print(result.content[0].text)


asyncio.run(main(*sys.argv[1:]))
