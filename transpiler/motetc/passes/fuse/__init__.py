"""Fuses the live collections of a choreography into loops, role by role.

Runs as part of projection, after places: who has which operators is known, and what every element's type is. Before:

    total = numbers.send(to=server).map(square).fold(0, add)      # at the server, and `numbers` at the client

After, at the server:

    total = 0
    async for batch in net.numbers:
        for number in batch:
            total = add(total, square(number))

Each stretch between two network hops is one loop; no operator survives as an object (Hydro's zero-cost claim, kept by
writing the loop that one would have written by hand).
"""
