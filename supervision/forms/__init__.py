from supervision.forms.groups import (
    ChooseGroupForm,
    GroupChangeForm,
    GroupFilterForm,
    GroupForm,
    MembersForm,
    SessionDateForm,
)
from supervision.forms.network import (
    GuestForm,
    NetworkAcceptForm,
    NetworkAskForm,
    NetworkDateForm,
    NetworkDeclineForm,
    NetworkHoldForm,
)
from supervision.forms.planning import (
    ApartForm,
    AskProposalForm,
    ChangeProposedForm,
    LockForm,
    MoveProposedForm,
    PromiseForm,
    RoundsForm,
    SupervisorsForm,
    TakeForm,
)
from supervision.forms.registrations import (
    EnterRegistrationForm,
    RegisterForm,
    RegistrationChangeForm,
    RegistrationFilterForm,
)
from supervision.forms.seasons import SeasonChangeForm, SeasonForm
from supervision.forms.sessions import AttendanceForm, ElsewhereForm, FeedbackForm
from supervision.forms.waiting_list import AnswerForm, OfferForm


__all__ = [
    "ChooseGroupForm",
    "GroupChangeForm",
    "GroupFilterForm",
    "GroupForm",
    "MembersForm",
    "SessionDateForm",
    "GuestForm",
    "NetworkAcceptForm",
    "NetworkAskForm",
    "NetworkDateForm",
    "NetworkDeclineForm",
    "NetworkHoldForm",
    "ApartForm",
    "AskProposalForm",
    "ChangeProposedForm",
    "LockForm",
    "MoveProposedForm",
    "PromiseForm",
    "RoundsForm",
    "SupervisorsForm",
    "TakeForm",
    "EnterRegistrationForm",
    "RegisterForm",
    "RegistrationChangeForm",
    "RegistrationFilterForm",
    "SeasonChangeForm",
    "SeasonForm",
    "AttendanceForm",
    "ElsewhereForm",
    "FeedbackForm",
    "AnswerForm",
    "OfferForm",
]
