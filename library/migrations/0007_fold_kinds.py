from django.db import migrations
from django.utils.translation import gettext, override

from common.text import fold


def fold_again(apps, schema_editor):
    """Let older materials be found by the name of their kind, as newer ones are."""
    materials = apps.get_model("library", "Material").objects.select_related("topic__block")
    for material in materials:
        topic = material.topic
        words = [material.title, material.description, material.file_name, material.link]
        words += [topic.name_et, topic.name_en, topic.block.name_et, topic.block.name_en]
        for language in ("et", "en", "ru"):
            with override(language):
                words.append(gettext(material.get_kind_display()))
        material.folded = fold(" ".join(word or "" for word in words))
        material.save(update_fields=["folded"])


class Migration(migrations.Migration):

    dependencies = [("library", "0006_link_checks")]

    operations = [migrations.RunPython(fold_again, migrations.RunPython.noop)]
