/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

/* Keeps one exported thing for each item of a list model. */
typedef struct ShoaldBusList ShoaldBusList;

/**
 * ShoaldBusExport:
 * @item: kept by the list as long as what is returned
 *
 * Returns: (transfer full): what stands for @item on the bus
 */
typedef gpointer (*ShoaldBusExport) (GObject *item, gpointer user_data);

/**
 * shoald_bus_list_new:
 * @model: referenced
 * @unexport: takes away what @export_item made
 */
ShoaldBusList *shoald_bus_list_new (GListModel *model,
                                    ShoaldBusExport export_item,
                                    GDestroyNotify unexport,
                                    gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
void shoald_bus_list_free (ShoaldBusList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldBusList, shoald_bus_list_free)
