/* SPDX-License-Identifier: BSD-3-Clause */
#include "orders.h"

#include <string.h>
#include <strings.h>

#include "csv.h"

typedef enum column { GROUP_ID, NUMBER, PASSWORD, COLUMN_COUNT, OTHER } column;

static const char *const names[COLUMN_COUNT][2] = {
    [GROUP_ID] = {"group_id", "グループID"},
    [NUMBER] = {"certificate_number", "証明書番号"},
    [PASSWORD] = {"password", "証明書取得用パスワード"},
};

/* The list on its way into a batch. */
typedef struct reader {
    csv *list;
    mainet_batch *batch;
    const char *group_id;
    column columns[CSV_COLUMNS_MAX];
    size_t column_count;
} reader;

static column
find_column(const char *field)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (strcasecmp(field, names[i][0]) == 0 || strcmp(field, names[i][1]) == 0)
            return (column)i;
    }
    return OTHER;
}

static mainet_status
read_head(reader *self)
{
    csv *list = self->list;
    bool found[COLUMN_COUNT + 2] = {false};
    bool is_there = false;

    TRY(csv_read(list, &is_there));
    self->column_count = is_there ? list->field_count : 0;
    for (size_t i = 0; i < self->column_count; i++) {
        const column which = find_column(list->fields[i]);

        if (which != OTHER && found[which])
            return csv_fail(list, "two columns are called ", names[which][0]);
        found[which] = true;
        self->columns[i] = which;
    }
    found[GROUP_ID] |= self->group_id != NULL;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        if (!found[i])
            return csv_fail(list, "no column is called ", names[i][0]);
    }
    return MAINET_OK;
}

static mainet_status
add_order(const reader *self)
{
    csv *list = self->list;
    const char *values[COLUMN_COUNT + 2] = {NULL};
    mainet_error why = {0};
    mainet_status status = MAINET_OK;

    if (list->field_count != self->column_count)
        return csv_fail(list, "not as many columns as the first line has", "");
    for (size_t i = 0; i < list->field_count; i++)
        values[self->columns[i]] = list->fields[i];
    if (self->group_id != NULL)
        values[GROUP_ID] = self->group_id;
    status = mainet_batch_add(self->batch, values[GROUP_ID], values[NUMBER],
                              (const uint8_t *)values[PASSWORD], strlen(values[PASSWORD]), &why);
    if (status == MAINET_E_ARGUMENT)
        return csv_fail(list, why.detail, "");
    return status == MAINET_OK ? MAINET_OK : fail(list->err, status, why.cause, "%s", why.detail);
}

mainet_status
orders_read(mainet_batch *batch, const char *path, const char *group_id, mainet_error *err)
{
    csv_init list = {.text = NULL};
    reader self = {.list = &list, .batch = batch, .group_id = group_id};
    bool is_there = true;

    TRY(csv_open(&list, path, MAINET_E_ORDER_LIST, err));
    TRY(read_head(&self));
    for (;;) {
        TRY(csv_read(&list, &is_there));
        if (!is_there)
            break;
        TRY(add_order(&self));
    }
    if (mainet_batch_count(batch) == 0)
        return csv_fail(&list, "the list has no orders", "");
    return MAINET_OK;
}
