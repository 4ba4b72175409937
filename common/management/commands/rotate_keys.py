from django.apps import apps
from django.core.management.base import BaseCommand

from common import crypto
from common.fields import EncryptedTextField


class Command(BaseCommand):
    help = (
        "Seal every encrypted text anew with the first of FIELD_KEYS. Running it twice is harmless."
    )

    def handle(self, *args, **options) -> None:
        newest = crypto.newest_key_id()
        for model in apps.get_models():
            fields = [f for f in model._meta.local_fields if isinstance(f, EncryptedTextField)]
            if not fields:
                continue
            changed = 0
            for row in model._default_manager.iterator(chunk_size=500):
                stale = [
                    field.name
                    for field in fields
                    if (sealed := row.__dict__.get(field.attname))
                    and crypto.key_id_of(sealed) != newest
                ]
                if stale:
                    for name in stale:
                        getattr(row, name)
                    row.save(update_fields=stale)
                    changed += 1
            self.stdout.write(f"{model._meta.label}: {changed}")
