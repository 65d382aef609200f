"""verify_journal: walk every municipality's chain of events."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from opmaat.web.journal.models import Municipality
from opmaat.web.journal.queries import verify_chain
from opmaat.web.journal.triggers import missing_triggers


class Command(BaseCommand):
    """Tells for each municipality how many events there are, and the digest of the last."""

    help = "Verify the chain of events of every municipality; keep the digests that it prints elsewhere."

    def handle(self, *_: Any, **__: Any) -> None:  # noqa: ANN401
        """Print the chains; raises CommandError at the first that is broken."""
        missing = missing_triggers()
        if missing:
            raise CommandError(f"Triggers are missing: {', '.join(missing)}. Run 'migrate'.")
        for municipality in Municipality.objects.order_by("code"):
            chain = verify_chain(municipality)
            if not chain.is_whole:
                raise CommandError(f"{municipality.code}: event {chain.broken_at} does not fit its chain.")
            self.stdout.write(f"{municipality.code}: {chain.entries} events, {chain.head}")
