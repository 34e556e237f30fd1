"""What travels between the locations of messages.py."""

from __future__ import annotations

from motet.codec import (
    INTEGERS,
    constructor,
    decode_tuple,
    encode_tuple,
    misfit,
    mistyped,
    within,
)

from messages import (
    Accept,
    Ballot,
    Beat,
    Command,
    Decided,
    Entry,
    Prepare,
    Promise,
    Vote,
)


def encode_command(value: Command) -> object:
    if (
        type(value) is Command
        and type(value.id) in INTEGERS
        and type(value.key) is str
        and type(value.value) in INTEGERS
    ):
        return [value.id, value.key, value.value]
    raise mistyped(value, Command, id=int, key=str, value=int)


new_command = constructor(Command)


def decode_command(data: object) -> Command:
    if type(data) is list and len(data) == 3:
        id_, key, value_ = data
        if type(id_) in INTEGERS and type(key) is str and type(value_) in INTEGERS:
            return new_command(id_, key, value_)
    raise misfit(data, Command, id=int, key=str, value=int)


def encode_prepare(value: Prepare) -> object:
    if type(value) is Prepare:
        return [within("ballot", encode_ballot, value.ballot)]
    raise mistyped(value, Prepare)


new_prepare = constructor(Prepare)


def decode_prepare(data: object) -> Prepare:
    if type(data) is list and len(data) == 1:
        (ballot,) = data
        return new_prepare(within("ballot", decode_ballot, ballot))
    raise misfit(data, Prepare, ballot=object)


def encode_ballot(value: Ballot) -> object:
    if (
        type(value) is Ballot
        and type(value.number) in INTEGERS
        and type(value.proposer) in INTEGERS
    ):
        return [value.number, value.proposer]
    raise mistyped(value, Ballot, number=int, proposer=int)


new_ballot = constructor(Ballot)


def decode_ballot(data: object) -> Ballot:
    if type(data) is list and len(data) == 2:
        number, proposer = data
        if type(number) in INTEGERS and type(proposer) in INTEGERS:
            return new_ballot(number, proposer)
    raise misfit(data, Ballot, number=int, proposer=int)


def encode_accept(value: Accept) -> object:
    if type(value) is Accept:
        return [within("entry", encode_entry, value.entry)]
    raise mistyped(value, Accept)


new_accept = constructor(Accept)


def decode_accept(data: object) -> Accept:
    if type(data) is list and len(data) == 1:
        (entry,) = data
        return new_accept(within("entry", decode_entry, entry))
    raise misfit(data, Accept, entry=object)


def encode_entry(value: Entry) -> object:
    if type(value) is Entry and type(value.slot) in INTEGERS:
        return [
            value.slot,
            within("ballot", encode_ballot, value.ballot),
            (
                None
                if value.command is None
                else within("command", encode_command, value.command)
            ),
        ]
    raise mistyped(value, Entry, slot=int)


new_entry = constructor(Entry)


def decode_entry(data: object) -> Entry:
    if type(data) is list and len(data) == 3:
        slot, ballot, command = data
        if type(slot) in INTEGERS:
            return new_entry(
                slot,
                within("ballot", decode_ballot, ballot),
                None if command is None else within("command", decode_command, command),
            )
    raise misfit(data, Entry, slot=int, ballot=object, command=object)


def encode_beat(value: Beat) -> object:
    if type(value) is Beat:
        return [within("ballot", encode_ballot, value.ballot)]
    raise mistyped(value, Beat)


new_beat = constructor(Beat)


def decode_beat(data: object) -> Beat:
    if type(data) is list and len(data) == 1:
        (ballot,) = data
        return new_beat(within("ballot", decode_ballot, ballot))
    raise misfit(data, Beat, ballot=object)


def encode_decided(value: Decided) -> object:
    if type(value) is Decided and type(value.slot) in INTEGERS:
        return [
            value.slot,
            (
                None
                if value.command is None
                else within("command", encode_command, value.command)
            ),
        ]
    raise mistyped(value, Decided, slot=int)


new_decided = constructor(Decided)


def decode_decided(data: object) -> Decided:
    if type(data) is list and len(data) == 2:
        slot, command = data
        if type(slot) in INTEGERS:
            return new_decided(
                slot,
                None if command is None else within("command", decode_command, command),
            )
    raise misfit(data, Decided, slot=int, command=object)


def encode_promise(value: Promise) -> object:
    if (
        type(value) is Promise
        and type(value.acceptor) in INTEGERS
        and type(value.checkpoint) in INTEGERS
    ):
        return [
            value.acceptor,
            within("ballot", encode_ballot, value.ballot),
            within("highest", encode_ballot, value.highest),
            value.checkpoint,
            encode_tuple(value.log, encode_entry, "log"),
        ]
    raise mistyped(value, Promise, acceptor=int, checkpoint=int)


new_promise = constructor(Promise)


def decode_promise(data: object) -> Promise:
    if type(data) is list and len(data) == 5:
        acceptor, ballot, highest, checkpoint, log = data
        if type(acceptor) in INTEGERS and type(checkpoint) in INTEGERS:
            return new_promise(
                acceptor,
                within("ballot", decode_ballot, ballot),
                within("highest", decode_ballot, highest),
                checkpoint,
                decode_tuple(log, decode_entry, "log"),
            )
    raise misfit(
        data,
        Promise,
        acceptor=int,
        ballot=object,
        highest=object,
        checkpoint=int,
        log=object,
    )


def encode_vote(value: Vote) -> object:
    if (
        type(value) is Vote
        and type(value.acceptor) in INTEGERS
        and type(value.slot) in INTEGERS
    ):
        return [
            value.acceptor,
            within("ballot", encode_ballot, value.ballot),
            value.slot,
            within("highest", encode_ballot, value.highest),
        ]
    raise mistyped(value, Vote, acceptor=int, slot=int)


new_vote = constructor(Vote)


def decode_vote(data: object) -> Vote:
    if type(data) is list and len(data) == 4:
        acceptor, ballot, slot, highest = data
        if type(acceptor) in INTEGERS and type(slot) in INTEGERS:
            return new_vote(
                acceptor,
                within("ballot", decode_ballot, ballot),
                slot,
                within("highest", decode_ballot, highest),
            )
    raise misfit(data, Vote, acceptor=int, ballot=object, slot=int, highest=object)
