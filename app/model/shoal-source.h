/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOAL_TYPE_SOURCE (shoal_source_get_type ())
G_DECLARE_FINAL_TYPE (ShoalSource, shoal_source, SHOAL, SOURCE, GObject)

/*
 * Who gave how much of a transfer. A value; read-only properties: title, kind-text,
 * amount-text, id, icon-name, and fraction (0.0 to 1.0 of all that came).
 */

/**
 * shoal_source_list_update:
 * @list: a GListStore of #ShoalSource
 * @sources: (nullable): the Sources property of a transfer, aa{sv}
 *
 * Makes @list equal to @sources. Items that did not change stay the same objects, so that
 * the rows of a view stay too.
 */
void shoal_source_list_update (GListStore *list, GVariant *sources);
