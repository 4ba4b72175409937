from django.contrib import admin

from library.models import Block, Competence, Topic


@admin.register(Block)
class BlockAdmin(admin.ModelAdmin):
    list_display = ["number", "name_et", "name_en"]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["key", "block", "name_et", "name_en", "position"]
    list_select_related = ["block"]
    filter_horizontal = ["competences"]


@admin.register(Competence)
class CompetenceAdmin(admin.ModelAdmin):
    list_display = ["printed_code", "name_et", "name_en", "position"]
