/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "prefs/shoal-setting-binding.h"

#include <float.h>

static gboolean
word_to_index (GBinding *binding, const GValue *from, GValue *to, gpointer words)
{
  const char *const *all = words;
  const char *word = g_value_get_string (from);

  for (guint i = 0; all[i] != NULL; i++)
    if (g_strcmp0 (all[i], word) == 0)
      {
        g_value_set_uint (to, i);
        return TRUE;
      }
  return FALSE;
}

static gboolean
index_to_word (GBinding *binding, const GValue *from, GValue *to, gpointer words)
{
  const char *const *all = words;
  guint index = g_value_get_uint (from);

  if (index >= g_strv_length ((char **) all))
    return FALSE;
  g_value_set_string (to, all[index]);
  return TRUE;
}

void
shoal_setting_binding_words (ShoalNode *node,
                             const char *setting,
                             AdwComboRow *row,
                             const char *const *words)
{
  g_object_bind_property_full (node, setting, row, "selected",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               word_to_index, index_to_word, (gpointer) words, NULL);
}

/* The node notifies often. A spin button that is set to what it has forgets what somebody
 * is typing into it. */
static gboolean
bytes_to_unit (GBinding *binding, const GValue *from, GValue *to, gpointer unit)
{
  g_autoptr (GObject) spin = g_binding_dup_target (binding);
  double value = (double) g_value_get_uint64 (from) / *(const double *) unit;

  if (spin == NULL
      || G_APPROX_VALUE (value, gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)),
                         DBL_EPSILON * MAX (1, value)))
    return FALSE;
  g_value_set_double (to, value);
  return TRUE;
}

static gboolean
unit_to_bytes (GBinding *binding, const GValue *from, GValue *to, gpointer unit)
{
  g_value_set_uint64 (to, (guint64) (g_value_get_double (from) * *(const double *) unit));
  return TRUE;
}

void
shoal_setting_binding_bytes (ShoalNode *node,
                             const char *setting,
                             GtkSpinButton *spin,
                             const double *unit)
{
  g_object_bind_property_full (node, setting, spin, "value",
                               G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE,
                               bytes_to_unit, unit_to_bytes, (gpointer) unit, NULL);
}
