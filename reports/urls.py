from django.urls import path

from reports.views import account, certificates, record


app_name = "reports"

urlpatterns = [
    path("reports/", account.overview, name="overview"),
    path("reports/<int:year>/", account.year, name="year"),
    path("reports/<int:year>.csv", account.year_csv, name="year-csv"),
    path("reports/<int:year>.json", account.year_json, name="year-json"),
    path("reports/<int:year>/<slug:table>.csv", account.table, name="table"),
    path("record/", record.record, name="record"),
    path("record.json", record.record_json, name="record-json"),
    path("record.pdf", record.record_pdf, name="record-pdf"),
    path("record/certificates/", certificates.certificates, name="certificates"),
    path(
        "record/certificates/<uuid:pk>.pdf", certificates.certificate_file, name="certificate-file"
    ),
    path("certificates/", certificates.certificate_verify, name="certificate-verify"),
    path("record/file/", record.record_file_ask, name="record-file-ask"),
    path("record/who-sees/", record.who_sees, name="who-sees"),
    path("record/qualification/", record.qualification_set, name="qualification-set"),
    path("record/learning/add/", record.learning_add, name="learning-add"),
    path("record/learning/<uuid:pk>/change/", record.learning_change, name="learning-change"),
    path("record/learning/<uuid:pk>/remove/", record.learning_remove, name="learning-remove"),
]
