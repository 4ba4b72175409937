"""The demonstration's mailbox: one person can try all sides on one machine."""

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404

from common.htmx import render_page
from outbox.models import Message


@login_not_required
def mail_list(request):
    messages = Message.objects.defer("body").order_by("-composed_at")
    page = Paginator(messages, 30).get_page(request.GET.get("page"))
    return render_page(request, "home/demo/mail_list.html", {"page": page})


@login_not_required
def mail_detail(request, pk):
    message = get_object_or_404(Message, pk=pk)
    return render_page(request, "home/demo/mail_detail.html", {"message": message})
