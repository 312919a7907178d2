/* SPDX-License-Identifier: BSD-3-Clause */
#include "complete.h"

#include <string.h>

#include "access.h"
#include "command.h"
#include "facts.h"
#include "text.h"

/* What was typed before the word that is to be completed. */
typedef struct typed {
    const char *word;  /* the beginning of it */
    const char *group; /* `token`, if that is what was typed last of the command */
    const command *command;
    bool has_operand;
    bool wants_value; /* the word is the value of `option` */
    const char *option;
    option_kind kind;
    options options; /* where to look for tokens and ids */
} typed;

static void
offer(const typed *self, const char *candidate, const char *about)
{
    scoped(char) clean = text_clean(about);

    if (strncmp(candidate, self->word, strlen(self->word)) == 0)
        (void)printf("%s%s%s\n", candidate, *clean == '\0' ? "" : "\t", clean);
}

static void
find_option(typed *self, const char *name)
{
    const char *known = NULL;
    size_t index = 0;

    for (;;) {
        known = options_next(self->command, &index, &self->kind);
        if (known == NULL || strcmp(known, name) == 0)
            break;
    }
    self->option = known;
    self->wants_value = known != NULL && self->kind != KIND_FLAG;
}

static void
take_value(typed *self, const char *value)
{
    if (strcmp(self->option, "store") == 0)
        self->options.store = value;
    else if (strcmp(self->option, "token") == 0)
        self->options.token = value;
    else if (self->kind == KIND_LANGUAGE)
        (void)message_set_language(value);
}

/* `--name`, `--name=value`, or a word of the command. */
static void
take_word(typed *self, char *word)
{
    char *value = strchr(word, '=');

    if (self->wants_value) {
        take_value(self, word);
        self->wants_value = false;
    } else if (strncmp(word, "--", 2) == 0) {
        if (value != NULL)
            *value++ = '\0';
        find_option(self, word + 2);
        if (value != NULL && self->wants_value)
            take_word(self, value);
    } else if (self->command != NULL) {
        self->has_operand = true;
    } else if (self->group == NULL && command_is_group(word)) {
        self->group = word;
    } else {
        self->command = command_find(self->group, word);
        self->has_operand = self->command == NULL; /* it is no command of ours */
    }
}

static void
offer_options(const typed *self)
{
    char name[64] = "";
    const char *known = NULL;
    option_kind kind = KIND_FLAG;
    size_t index = 0;

    while ((known = options_next(self->command, &index, &kind)) != NULL) {
        (void)snprintf(name, sizeof name, "--%s", known);
        offer(self, name, "");
    }
}

/* The help of everything has a line for each command: its words, two spaces or more, what it does.
 */
static char *
summarize(const command *self)
{
    char begin[64] = "";
    const char *line = NULL;

    (void)snprintf(begin, sizeof begin, "\n  %s%s%s ", self->group == NULL ? "" : self->group,
                   self->group == NULL ? "" : " ", self->name);
    line = strstr(message_text(MESSAGE_HELP), begin);
    line = line == NULL ? NULL : strstr(line + strlen(begin) - 1, "  ");
    if (line == NULL)
        return must_have(strdup(""));
    line += strspn(line, " ");
    return must_have(strndup(line, strcspn(line, "\n")));
}

static void
offer_command(const typed *self, const command *candidate)
{
    scoped(char) summary = summarize(candidate);

    offer(self, candidate->name, summary);
}

static void
offer_commands(const typed *self)
{
    const command *candidate = NULL;
    const char *last_group = "";

    for (size_t i = 0; (candidate = command_at(i)) != NULL; i++) {
        const char *group = candidate->group;

        if (self->group == NULL && group == NULL)
            offer_command(self, candidate);
        else if (self->group != NULL && group != NULL && strcmp(group, self->group) == 0)
            offer_command(self, candidate);
        else if (self->group == NULL && strcmp(group, last_group) != 0)
            offer(self, last_group = group, "");
    }
}

static void
offer_ids(const typed *self, const tokens *all, failure *why)
{
    for (size_t i = 0; i < all->count; i++) {
        scoped(mainet_identity_list) list = mainet_token_identities(all->items[i], &why->error);

        for (size_t k = 0; list != NULL && k < mainet_identity_list_count(list); k++) {
            scoped(mainet_identity) identity = mainet_identity_list_at(list, k, &why->error);

            if (identity != NULL)
                offer(self, fact_short_id(mainet_identity_id(identity)).text,
                      mainet_identity_label(identity));
        }
    }
}

/* What is in the store: the ids of its identities, or the labels of its tokens. */
static void
offer_from_store(const typed *self, bool is_label)
{
    failure_init why = {.hint = MESSAGE_NONE};
    scoped(mainet_store) store = access_store(&self->options, &why);
    tokens_init all = {0};

    if (store == NULL || access_tokens(&self->options, store, &all, &why) != MAINET_OK)
        return;
    if (!is_label) {
        offer_ids(self, &all, &why);
        return;
    }
    for (size_t i = 0; i < all.count; i++)
        offer(self, mainet_token_label(all.items[i]), mainet_token_serial(all.items[i]));
}

static void
offer_value(const typed *self)
{
    static const char *const sources[] = {"file:", "env:", "fd:", "-"};

    if (self->kind == KIND_LANGUAGE) {
        offer(self, "ja", "日本語");
        offer(self, "en", "English");
    } else if (strcmp(self->option, "token") == 0) {
        offer_from_store(self, true);
    } else if (self->kind == KIND_SOURCE) {
        for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
            offer(self, sources[i], "");
    }
}

static void
offer_situations(const typed *self)
{
    for (size_t i = 0; i < mainet_status_count(); i++) {
        const mainet_status status = mainet_status_at(i);
        scoped(char) code = text_number(mainet_status_code(status));

        offer(self, code, mainet_status_text(status, message_language()));
        offer(self, mainet_status_name(status), mainet_status_text(status, message_language()));
    }
}

static void
offer_settings(const typed *self)
{
    static const char *const settings[] = {"pin-limit=", "show-expired=yes", "show-expired=no",
                                           "show-superseded=yes", "show-superseded=no"};

    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        offer(self, settings[i], "");
}

static void
offer_operand(const typed *self)
{
    const bool takes = (self->command->takes & (TAKES_OPERAND | NEEDS_OPERAND)) != 0;

    if (!takes || self->has_operand)
        return;
    if (self->command->run == command_explain)
        offer_situations(self);
    else if (self->command->missing == MESSAGE_NO_SETTING)
        offer_settings(self);
    else if (self->command->missing == MESSAGE_NO_OPERAND || self->command->run == command_confirm)
        offer_from_store(self, false);
}

void
complete(char **words)
{
    typed line = {.word = ""};

    for (; *words != NULL; words++) {
        if (words[1] != NULL)
            take_word(&line, *words);
        else
            line.word = *words;
    }
    if (line.wants_value)
        offer_value(&line);
    else if (*line.word == '-')
        offer_options(&line);
    else if (line.command == NULL && !line.has_operand)
        offer_commands(&line);
    else if (line.command != NULL)
        offer_operand(&line);
}
