//! How the row types are made.

/// A row type: a structure whose members are known by name.
macro_rules! row {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $ty:ty = $member:literal $(, $key:ident)?;)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        impl $name {
            /// The members, in declaration order.
            pub const FIELDS: &'static [$crate::row::FieldSpec] = &[$(
                $crate::row::FieldSpec {
                    name: $member,
                    key: row!(@key $($key)?),
                    kind: <$ty as $crate::row::field::FieldType>::KIND,
                },
            )*];

            pub(super) fn get_at(&self, at: usize) -> $crate::row::FieldValue {
                let readers: &[fn(&Self) -> $crate::row::FieldValue] =
                    &[$(|row| $crate::row::field::FieldType::value(&row.$field),)*];
                readers[at](self)
            }

            pub(super) fn set_at(
                &mut self,
                at: usize,
                value: $crate::row::FieldValue,
            ) -> Result<(), $crate::row::FieldError> {
                type Writer<T> = fn(
                    &mut T,
                    $crate::row::FieldValue,
                ) -> Result<(), $crate::row::FieldError>;
                let writers: &[Writer<Self>] = &[
                    $(|row, value| $crate::row::field::FieldType::assign(&mut row.$field, value),)*
                ];
                writers[at](self, value)
            }
        }
    };
    (@key key) => { true };
    (@key) => { false };
}

/// Any row: one variant a type.
macro_rules! rows {
    ($($(#[$meta:meta])* $variant:ident: $ty:ident = $name:literal,)*) => {
        /// Which structure a row is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        pub enum RowType { $($(#[$meta])* $variant,)* }

        impl RowType {
            /// Every row type.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// Microsoft's name of the structure.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The members, in declaration order.
            #[must_use]
            pub const fn fields(self) -> &'static [FieldSpec] {
                match self { $(Self::$variant => $ty::FIELDS,)* }
            }
        }

        /// A row of any type.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
        pub enum Row { $($(#[$meta])* $variant(Box<$ty>),)* }

        impl Row {
            /// A row whose every member is zero.
            #[must_use]
            pub fn empty(row_type: RowType) -> Self {
                match row_type { $(RowType::$variant => Self::$variant(Box::default()),)* }
            }

            /// Which structure it is.
            #[must_use]
            pub const fn row_type(&self) -> RowType {
                match self { $(Self::$variant(_) => RowType::$variant,)* }
            }

            /// Reads a member.
            ///
            /// # Panics
            ///
            /// If the member belongs to another row type.
            #[must_use]
            pub fn get(&self, field: Field) -> FieldValue {
                assert_eq!(field.row(), self.row_type(), "a member of this row type");
                match self { $(Self::$variant(row) => row.get_at(field.position()),)* }
            }

            /// Writes a member.
            ///
            /// # Errors
            ///
            /// A [`FieldError`] when the member cannot hold such a value.
            ///
            /// # Panics
            ///
            /// If the member belongs to another row type.
            pub fn set(&mut self, field: Field, value: FieldValue) -> Result<(), FieldError> {
                assert_eq!(field.row(), self.row_type(), "a member of this row type");
                match self { $(Self::$variant(row) => row.set_at(field.position(), value),)* }
            }
        }

        $(
            impl From<$ty> for Row {
                fn from(row: $ty) -> Self {
                    Self::$variant(Box::new(row))
                }
            }

            impl TryFrom<Row> for $ty {
                type Error = Row;

                fn try_from(row: Row) -> Result<Self, Row> {
                    match row {
                        Row::$variant(row) => Ok(*row),
                        other => Err(other),
                    }
                }
            }
        )*
    };
}
