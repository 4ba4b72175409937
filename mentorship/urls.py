from django.urls import path

from mentorship.views import (
    changes,
    closing,
    course,
    meetings,
    plans,
    reassignment,
    requests,
    templates,
)


app_name = "mentorship"

urlpatterns = [
    path("", plans.overview, name="overview"),
    path("requests/submit/", requests.request_submit, name="request-submit"),
    path(
        "requests/submit/ratings/", requests.request_submit_ratings, name="request-submit-ratings"
    ),
    path("requests/submit/check/", requests.request_submit_check, name="request-submit-check"),
    path("requests/suggest/", requests.request_suggest, name="request-suggest"),
    path("requests/enter/", requests.request_enter, name="request-enter"),
    path("requests/<uuid:pk>/", requests.request_detail, name="request-detail"),
    path("requests/<uuid:pk>/sent/", requests.request_sent, name="request-sent"),
    path("requests/<uuid:pk>/confirm/", requests.request_confirm, name="request-confirm"),
    path("requests/<uuid:pk>/correct/", requests.request_correct, name="request-correct"),
    path("requests/<uuid:pk>/withdraw/", requests.request_withdraw, name="request-withdraw"),
    path("requests/<uuid:pk>/take/", requests.request_take, name="request-take"),
    path("requests/<uuid:pk>/assign/", requests.request_assign, name="request-assign"),
    path("plans/<uuid:pk>/", plans.plan_detail, name="plan-detail"),
    path("plans/<uuid:pk>/write/", plans.plan_write, name="plan-write"),
    path("plans/<uuid:pk>/propose/", plans.plan_propose, name="plan-propose"),
    path("plans/<uuid:pk>/agree/", plans.plan_agree, name="plan-agree"),
    path("plans/<uuid:pk>/versions/", changes.versions, name="versions"),
    path("plans/<uuid:pk>/versions/<int:number>/", changes.version_detail, name="version-detail"),
    path("plans/<uuid:pk>/change/", changes.change_propose, name="change-propose"),
    path("plans/<uuid:pk>/extend/", changes.change_extend, name="change-extend"),
    path("plans/<uuid:pk>/versions/<int:number>/agree/", changes.change_agree, name="change-agree"),
    path(
        "plans/<uuid:pk>/versions/<int:number>/decline/",
        changes.change_decline,
        name="change-decline",
    ),
    path(
        "plans/<uuid:pk>/versions/<int:number>/withdraw/",
        changes.change_withdraw,
        name="change-withdraw",
    ),
    path("plans/<uuid:pk>/template/", changes.template_follow, name="template-follow"),
    path("plans/<uuid:pk>/pause/", course.plan_pause, name="plan-pause"),
    path("plans/<uuid:pk>/resume/", course.plan_resume, name="plan-resume"),
    path("plans/<uuid:pk>/end/", course.plan_end, name="plan-end"),
    path("templates/", templates.templates, name="templates"),
    path("templates/add/", templates.template_add, name="template-add"),
    path("templates/<uuid:pk>/change/", templates.template_change, name="template-change"),
    path("templates/<uuid:pk>/withdraw/", templates.template_withdraw, name="template-withdraw"),
    path("plans/<uuid:pk>/reassign/", reassignment.plan_reassign, name="plan-reassign"),
    path(
        "plans/<uuid:pk>/mentor-change/",
        reassignment.mentor_change_ask,
        name="mentor-change-ask",
    ),
    path(
        "mentor-changes/<uuid:pk>/",
        reassignment.mentor_change_detail,
        name="mentor-change-detail",
    ),
    path(
        "mentor-changes/<uuid:pk>/settle/",
        reassignment.mentor_change_settle,
        name="mentor-change-settle",
    ),
    path("topics/<uuid:pk>/move/", plans.topic_move, name="topic-move"),
    path("plans/<uuid:pk>/meetings/book/", meetings.meeting_book, name="meeting-book"),
    path("meetings/<uuid:pk>/", meetings.meeting_detail, name="meeting-detail"),
    path("meetings/<uuid:pk>/record/", meetings.meeting_record, name="meeting-record"),
    path("meetings/<uuid:pk>/note/", meetings.note_keep, name="note-keep"),
    path("plans/<uuid:pk>/tasks/add/", meetings.task_add, name="task-add"),
    path("meetings/<uuid:pk>/tasks/add/", meetings.meeting_task_add, name="meeting-task-add"),
    path("tasks/<uuid:pk>/done/", meetings.task_done, name="task-done"),
    path("plans/<uuid:pk>/summary/", closing.summary_write, name="summary-write"),
    path("plans/<uuid:pk>/summary/agree/", closing.summary_agree, name="summary-agree"),
    path("plans/<uuid:pk>/closing/stop/", closing.closing_stop, name="closing-stop"),
    path("plans/<uuid:pk>/feedback/", closing.feedback_give, name="feedback-give"),
    path("feedback/", closing.feedback_sum, name="feedback-sum"),
]
