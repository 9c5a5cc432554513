/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#define SHOAL_TYPE_DICT_OBJECT (shoal_dict_object_get_type ())
G_DECLARE_DERIVABLE_TYPE (ShoalDictObject, shoal_dict_object, SHOAL, DICT_OBJECT, GObject)

/*
 * What the daemon lists as dictionaries (aa{sv}): results of a search, categories, split
 * views. A base class: properties of the subclass are computed from the dictionary, and
 * all are notified when another one takes its place. The bus is hostile: a key with a
 * value of another type counts as missing.
 */
struct _ShoalDictObjectClass
{
  GObjectClass parent_class;
};

/**
 * shoal_dict_object_set_dict:
 * @self: the object
 * @dict: an a{sv}; kept
 */
void shoal_dict_object_set_dict (ShoalDictObject *self, GVariant *dict);

/* (transfer none) (nullable): the dictionary itself, for what is nested in it. */
GVariant *shoal_dict_object_get_dict (ShoalDictObject *self);

/* The value of a key, and what stands for it when it is missing. */
const char *shoal_dict_object_get_string (ShoalDictObject *self, const char *key);
char **shoal_dict_object_dup_strv (ShoalDictObject *self,
                                   const char *key) G_GNUC_WARN_UNUSED_RESULT;
gboolean shoal_dict_object_get_boolean (ShoalDictObject *self, const char *key);
guint64 shoal_dict_object_get_uint64 (ShoalDictObject *self, const char *key);
gint64 shoal_dict_object_get_int64 (ShoalDictObject *self, const char *key);

/**
 * shoal_dict_object_notify_all:
 * @self: the object
 *
 * Notifies all properties.
 */
void shoal_dict_object_notify_all (ShoalDictObject *self);

/**
 * shoal_dict_object_update_list:
 * @list: a list of a subclass
 * @dicts: (nullable): an aa{sv}; anything else counts as an empty one
 * @keys: (array zero-terminated=1): strings that together name an entry; one without the
 *   first of them, and all but the first of equal ones, are left out
 * @max_items: how many to take at most
 *
 * Makes @list equal to @dicts. Entries that were there before stay the same objects, so
 * that the rows of a view stay too.
 */
void shoal_dict_object_update_list (GListStore *list,
                                    GVariant *dicts,
                                    const char *const *keys,
                                    guint max_items);
