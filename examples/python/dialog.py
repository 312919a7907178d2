#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The import tool as a window, in Japanese or English as the locale says: dialog.py [SERVICE.conf]"""

import sys
import threading
from concurrent.futures import Future

import gi
import mainetcert

gi.require_version("Gtk", "4.0")
from gi.repository import GLib, Gtk  # noqa: E402

HERE = 0 if GLib.get_language_names()[0].startswith("ja") else 1  # of two languages
OK, CANCEL = (("OK(_O)", "_OK")[HERE], 0), (("キャンセル(_C)", "_Cancel")[HERE], 1)
YES, NO = (("はい(_Y)", "_Yes")[HERE], 0), (("いいえ(_N)", "_No")[HERE], 1)
FIELDS = (("グループID(_G)", "_Group ID"), ("証明書番号(_N)", "Certificate _number"),
          ("証明書取得用パスワード(_P)", "Retrieval _password"))
PHASES = ("準備 問い合わせ 取得 確認 インポート", "Preparing Asking Retrieving Opening Importing")[HERE].split()


class ImportTool(Gtk.Dialog):
    def __init__(self, application: Gtk.Application, service: mainetcert.Service) -> None:
        super().__init__(application=application, title=("証明書インポートツール", "Certificate import")[HERE])
        self.service, self.request = service, mainetcert.Request(service)
        self.form, self.bar = Gtk.Grid(row_spacing=12, column_spacing=12), Gtk.ProgressBar(show_text=True, text="", margin_top=12)
        self.fields = Gtk.Entry(), Gtk.Entry(), Gtk.PasswordEntry()
        for row, (field, name) in enumerate(zip(self.fields, FIELDS)):
            field.set_properties(activates_default=True, width_chars=32)
            self.form.attach(Gtk.Label(label=name[HERE], use_underline=True, mnemonic_widget=field, xalign=0), 0, row, 1, 1)
            self.form.attach(field, 1, row, 1, 1)
        for part in self.form, self.bar:
            self.get_content_area().append(part)
        self.get_child().set_properties(spacing=18, margin_top=18, margin_bottom=18, margin_start=18, margin_end=18)
        self.add_buttons(*OK, *CANCEL)
        self.set_default_response(0)
        self.connect("response", self.respond)
        self.connect("close-request", lambda _: self.respond(self, 1) or True)

    def respond(self, _dialog: Gtk.Dialog, pressed: int) -> None:
        if not self.form.get_sensitive():
            self.request.cancel()
        elif pressed != 0:
            self.destroy()
        else:
            self.form.set_sensitive(False)
            self.set_focus(self.get_widget_for_response(1))
            threading.Thread(target=self.work, args=[field.get_text() for field in self.fields]).start()

    def ask(self, heading: str, text: str, *buttons: "tuple[str, int]", is_pin: bool = False) -> str:
        """From the thread at work: show a box, wait for what is typed. CANCEL and NO end the work."""
        def show() -> None:
            box = Gtk.MessageDialog(transient_for=self, modal=True, title=heading, text=heading, secondary_text=text)
            pin = Gtk.PasswordEntry(show_peek_icon=True, activates_default=True, visible=is_pin)
            box.get_message_area().append(pin)
            box.get_message_area().set_margin_top(12)
            box.add_buttons(*sum(buttons, ()))
            box.set_default_response(buttons[0][1])
            box.connect("response", lambda _, pressed: answer.set_result((pressed, pin.get_text())) or box.destroy())
            box.present()
        answer: "Future[tuple[int, str]]" = Future()
        GLib.idle_add(show)
        pressed, typed = answer.result()
        if pressed != 0 and len(buttons) > 1:
            raise mainetcert.CancelledError(mainetcert.Status.CANCELLED)
        return typed

    def work(self, group_id: str, number: str, password: str) -> None:
        try:
            self.request = mainetcert.Request(self.service, group_id=group_id, certificate_number=number, password=password,
                                              progress=self.hear, issuer_decision=self.decide)
            token = next(iter(mainetcert.Store()), None) or mainetcert.Store().create_token(self.ask(
                ("トークンの PIN を決めてください。", "Choose a PIN for the token.")[HERE], "", OK, CANCEL, is_pin=True))
            if token.is_locked:
                token.unlock(self.ask("PIN", token.label, OK, CANCEL, is_pin=True))
            self.ask(("証明書をインポートしました。", "The certificate is imported.")[HERE], self.request.acquire(token).label, OK)
            GLib.idle_add(self.destroy)
        except mainetcert.MainetError as error:
            headline, remedy = ((error.headline_ja, error.remedy_ja), (error.headline, error.remedy))[HERE]
            self.ask(f"{error.code}: {headline}", f"{remedy}\n{self.service.support or ''}", OK)
        GLib.idle_add(self.form.set_sensitive, True)
        GLib.idle_add(self.set_focus, self.fields[0])

    def hear(self, phase: mainetcert.Phase, _done: int, _total: int) -> None:
        GLib.idle_add(lambda: self.bar.set_properties(text=PHASES[phase], fraction=(phase + 1) / len(PHASES)))

    def decide(self, issuer: mainetcert.Certificate, expected: bool) -> bool:
        name = issuer.common_name if issuer.is_authority else issuer.issuer_common_name
        note = (("サービスの想定する発行機関です。", "It is the expected one.") if expected else
                ("注意: 想定する発行機関ではありません。", "Beware: it is not the expected one."))[HERE]
        self.ask(("この証明書発行機関を承認しますか。", "Accept this issuer?")[HERE], f"{name}\n{note}",
                 *((YES, NO) if expected else (NO, YES)))
        return True


application = Gtk.Application()
application.connect("activate", lambda _: ImportTool(application, mainetcert.Service(*sys.argv[1:])).present())
sys.exit(application.run())
